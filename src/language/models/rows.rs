//! The rows of a language. Those that the tool carries are read when they are asked for: most runs meet few languages.

use serde::{Deserialize, Deserializer};

use super::Row;
use crate::carried;

/// Rows of one language, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Rows(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    /// As the tool carries them.
    Carried(&'static str),
    /// As users write them: read at once, so that a mistake in them is told.
    Given(Vec<Row>),
}

impl Rows {
    pub(super) fn carried(json: &'static str) -> Self {
        Self(vec![Part::Carried(json)])
    }

    pub(super) fn append(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }

    /// All of them.
    ///
    /// # Errors
    /// What the tool carries is broken, which tests rule out.
    pub(in crate::language) fn read(&self) -> Result<Vec<Row>, serde_json::Error> {
        let mut rows = Vec::new();
        for part in &self.0 {
            match part {
                Part::Carried(json) => rows.append(&mut carried::read(json)?),
                Part::Given(given) => rows.extend(given.iter().cloned()),
            }
        }
        Ok(rows)
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(rows: D) -> Result<Self, D::Error> {
        Ok(Self(vec![Part::Given(Vec::deserialize(rows)?)]))
    }
}
