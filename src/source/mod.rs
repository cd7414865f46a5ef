//! From paths to the files that can matter: walk, read, sift.

pub mod decode;

mod exclude;

pub use exclude::{ExcludeError, Excludes};
