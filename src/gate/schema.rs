//! The JSON Schema of the config file, made from the lists that the reader uses, so that editors complete what it takes.

use serde_json::{Value, json};

use super::level::RuleLevel;
use crate::finding::Rule;
use crate::source::Limits;

/// The schema (draft 2020-12). `defuse.schema.json` at the root of the repository is a copy, which a test compares.
pub fn schema() -> Value {
    let rules = Rule::ALL.map(Rule::id);
    let text = json!({"type": "string", "minLength": 1});
    let day = json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"});
    let limits = Limits::KEYS
        .map(|(key, least, most)| (key.to_owned(), json!({"type": "integer", "minimum": least, "maximum": most})));
    let limits = Value::Object(limits.into_iter().collect());
    let globs = |about: &str| json!({"description": about, "type": "array", "items": text});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "defuse.yaml",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "release": object("The release that is judged.", &[], json!({
                "date": day,
                "support": {"description": "How long it is supported: 3y, 18 months, 90d.", "type": "string"}
            })),
            "paths": object("Path patterns, counted from this file's folder.", &[], json!({
                "exclude": globs("What is not looked at."),
                "tests": globs("What holds tests, beyond what is known by itself.")
            })),
            "levels": {
                "description": "The level of a rule, in place of its default.",
                "type": "object",
                "propertyNames": {"enum": rules},
                "additionalProperties": {"enum": RuleLevel::NAMES}
            },
            "waivers": {
                "description": "Findings that are shipped anyway.",
                "type": "array",
                "items": object("One decision.", &["rule", "reason"], json!({
                    "rule": {"enum": rules},
                    "path": text,
                    "reason": text,
                    "owner": text,
                    "until": day
                }))
            },
            "archives": object("How much of one archive is read.", &[], limits),
            "models": {"description": "Further clocks, deadlines and keys, in the form of the files in rules/.", "type": "object"}
        }
    })
}

fn object(about: &str, required: &[&str], properties: Value) -> Value {
    json!({
        "description": about,
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gate::config::Config;

    #[test]
    fn the_copy_in_the_repository_is_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("defuse.schema.json");
        let text = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        snapbox::assert_data_eq!(text, snapbox::Data::read_from(&path, None).raw());
    }

    #[test]
    fn the_reader_takes_exactly_what_the_schema_names() {
        let keys = |value: &Value| value["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let schema = schema();
        let waiver = &schema["properties"]["waivers"]["items"];
        for (keys, wrap) in [
            (keys(&schema), ["", ""]),
            (keys(&schema["properties"]["release"]), ["release: {", "}"]),
            (keys(&schema["properties"]["paths"]), ["paths: {", "}"]),
            (keys(waiver), ["waivers: [{", "}]"]),
            (keys(&schema["properties"]["archives"]), ["archives: {", "}"]),
        ] {
            let config = format!("{}unknown: x{}", wrap[0], wrap[1]);
            match Config::parse("defuse.yaml", &config) {
                Err(crate::error::Error::Problems(problems)) => {
                    assert_eq!(problems[0].label, format!("expected one of: {}", keys.join(", ")), "{config}");
                }
                other => panic!("{config}: {other:?}"),
            }
        }
    }
}
