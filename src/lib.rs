//! `defuse`: will this build stop working on a date, and if so when, where, and what stops?
//!
//! The folders below are the way of the data; each stage is a function from data to data:
//!
//! ```text
//! source ──▶ language ──▶ flow ──▶ gate ──▶ report
//!    │ walk     │ parse     │ trace    ▲ judge
//!    │ read     │ lower     │ link     │
//!    │ sift     └ IR        └ fuses ───┤
//!    ├────────▶ document ──────────────┤
//!    └────────▶ credential ────────────┘
//! ```
//!
//! `embedded` takes files apart that hold code of other languages, such as the steps of a workflow.
//! `calendar` reads and prints dates for all of them, `finding` is what they all speak of, `knowledge` is what the tool
//! knows (`carried` from the folder `rules`, its patterns made ready by `matcher` when they are asked), and `check` runs the
//! stages in order. No stage reads the wall clock: time is an input.

pub mod calendar;
mod carried;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod credential;
pub mod document;
pub mod embedded;
pub mod error;
pub mod finding;
pub mod flow;
pub mod gate;
pub mod knowledge;
pub mod language;
mod matcher;
pub mod report;
pub mod source;
pub mod vocabulary;
