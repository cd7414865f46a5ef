//! From paths to the files that can matter: walk, read, sift.

pub mod decode;
pub mod git;

mod archive;
mod comment;
mod dates;
mod exclude;
mod fragment;
mod interpreter;
mod marks;
mod memory;
mod project;
mod prune;
mod read;
mod scan;
mod sections;
mod sift;
mod walk;
mod word;

pub use archive::{APK_SIGNERS, Limits};
pub use comment::Comments;
pub use exclude::{ExcludeError, Excludes};
pub use interpreter::{by_program, interpreter, may_be_script};
pub use marks::Marks;
pub use memory::{Memory, State};
pub use project::Projects;
pub use prune::{Focus, prune, word_indices};
pub use scan::{File, Part, Scan, scan, scan_anew};
pub use sections::Sections;
pub use sift::{Group, Sift, WordList};
pub use walk::{Scope, Skip, WalkError, WalkOptions, Why, normal};
pub use word::SiftWord;
