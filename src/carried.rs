//! The rules that the tool carries: `rules/**/*.yaml`, which `build.rs` turned into JSON.

use serde::de::DeserializeOwned;

/// What a file of `rules` holds, by its path there without the ending.
macro_rules! rules {
    ($path:expr) => {
        include_str!(concat!(env!("OUT_DIR"), "/rules/", $path, ".json"))
    };
}

pub(crate) use rules;

/// Reads one of [`rules!`].
///
/// # Errors
/// It is not of the form that is asked for, which tests rule out.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(json)
}
