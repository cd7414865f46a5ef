//! From paths to the files that can matter: walk, read, sift.

pub mod decode;

mod comment;
mod dates;
mod exclude;
mod marks;

pub use comment::Comments;
pub use exclude::{ExcludeError, Excludes};
pub use marks::Marks;
