//! Turns the rules from YAML, in which they are written, into JSON, in which the tool carries them: reading YAML would
//! take longer than anything else at a start.

// Cargo listens to what a build script prints.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("rules");
    translate(Path::new("rules"), &out)
}

/// Writes each YAML file of a folder and those below it to the same place in another folder. The rows of a language, which
/// are most of what is known of it, get a file of their own: they are read when a file of that language is.
fn translate(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            translate(&path, &out.join(name))?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            let broken = |error| format!("{}: {error}", path.display());
            let mut rules: serde_json::Value = serde_yaml::from_str(&fs::read_to_string(&path)?).map_err(broken)?;
            if folder.ends_with("languages") {
                let rows = rules.as_object_mut().and_then(|rules| rules.remove("rows"));
                let rows = rows.unwrap_or_else(|| serde_json::Value::Array(Vec::new()));
                fs::write(out.join(name).with_extension("rows.json"), serde_json::to_vec(&rows)?)?;
            }
            fs::write(out.join(name).with_extension("json"), serde_json::to_vec(&rules)?)?;
        }
    }
    Ok(())
}
