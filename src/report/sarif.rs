//! SARIF 2.1.0, for code scanning. Waived findings stay in it, with their justification.

use std::io;

use serde::Serialize;
use serde_json::{Value, json};

use super::describe::{self, shown};
use super::{Context, Renderer};
use crate::catalogue::{self, Catalogue};
use crate::check::Skip;
use crate::finding::{Finding, Place, Rule};
use crate::gate::{Judged, Level, Report, Waived, WaivedBy, level};

/// The name that relative URIs count from.
const ROOT: &str = "%SRCROOT%";

/// The SARIF format.
pub(super) struct Sarif;

impl Renderer for Sarif {
    fn render(&self, report: &Report, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let log = Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run::new(report, context.catalogue)],
        };
        serde_json::to_writer_pretty(&mut *out, &log)?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    results: Vec<ResultShown>,
    properties: Value,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<RuleShown>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleShown {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultShown {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    suppressions: Vec<Suppression>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    location: Location,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

impl Run {
    fn new(report: &Report, catalogue: &Catalogue) -> Self {
        Self {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: Rule::ALL.into_iter().map(|rule| RuleShown::new(rule, catalogue)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: report.files.unparsed.iter().map(Notification::new).collect(),
            }],
            original_uri_base_ids: json!({ROOT: {"description": {"text": "The folder that defuse was started in."}}}),
            column_kind: "unicodeCodePoints",
            results: report.findings.iter().map(ResultShown::new).collect(),
            properties: json!({
                "verdict": report.verdict,
                "releaseDate": report.window.from.date_text(),
                "releaseDateSource": report.window.source.to_string(),
                "supportedUntil": report.window.until.date_text(),
            }),
        }
    }
}

impl RuleShown {
    fn new(rule: Rule, catalogue: &Catalogue) -> Self {
        let (summary, prose) =
            catalogue.document(rule).map_or(("", ""), |document| (document.summary.as_str(), document.prose.as_str()));
        Self {
            id: rule.id(),
            short_description: Text { text: summary.to_owned() },
            full_description: Text { text: summary.to_owned() },
            help: Help { text: prose.to_owned(), markdown: prose.to_owned() },
            help_uri: catalogue::url(rule),
            default_configuration: Configuration { level: level_name(level::default_of(rule)) },
        }
    }
}

impl Notification {
    fn new(skip: &Skip) -> Self {
        let physical_location = Physical { artifact_location: artifact(&skip.path), region: None };
        Self {
            level: "warning",
            message: Text { text: format!("not read to the end: {}", skip.why) },
            locations: [Location { physical_location, message: None }],
        }
    }
}

impl ResultShown {
    fn new(judged: &Judged) -> Self {
        let finding = &judged.finding;
        Self {
            rule_id: finding.rule.id(),
            rule_index: Rule::ALL.iter().position(|rule| *rule == finding.rule).unwrap_or_default(),
            level: level_name(judged.level),
            message: Text { text: describe::sentence(judged) },
            locations: [location(&finding.place, None)],
            partial_fingerprints: json!({"defuse/v1": judged.fingerprint}),
            code_flows: code_flow(finding).into_iter().collect(),
            suppressions: judged.waived.iter().map(suppression).collect(),
            properties: json!({
                "confidence": finding.confidence,
                "trigger": finding.trigger,
                "effect": finding.effect.as_ref().map(|effect| effect.text.as_str()),
                "reach": finding.reach.names(),
                "chains": describe::chains(finding),
                "inTest": finding.in_test,
            }),
        }
    }
}

/// The steps in their order, then the comparison itself and the effect, unless they are steps already.
fn code_flow(finding: &Finding) -> Option<CodeFlow> {
    if finding.steps.is_empty() {
        return None;
    }
    let mut places: Vec<(&Place, &str)> = finding.steps.iter().map(|step| (&step.place, step.note.as_str())).collect();
    if !places.iter().any(|(place, _)| **place == finding.place) {
        places.push((&finding.place, &finding.message));
    }
    if let Some(effect) = &finding.effect {
        let place = effect.place.as_ref().filter(|place| !places.iter().any(|(known, _)| known == place));
        places.extend(place.map(|place| (place, effect.text.as_str())));
    }
    let locations = places.into_iter().map(|(place, note)| Step { location: location(place, Some(note)) }).collect();
    Some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
}

fn location(place: &Place, note: Option<&str>) -> Location {
    let span = shown(place.span);
    let region = Region {
        start_line: span.line,
        start_column: span.column,
        end_line: span.end_line,
        end_column: span.end_column,
    };
    Location {
        physical_location: Physical { artifact_location: artifact(&place.path), region: Some(region) },
        message: note.map(|note| Text { text: note.to_owned() }),
    }
}

/// A path as a URI: relative to the root unless it is absolute.
fn artifact(path: &str) -> Artifact {
    let uri = encoded(path.trim_start_matches("./"));
    if uri.starts_with('/') {
        Artifact { uri: format!("file://{uri}"), uri_base_id: None }
    } else {
        Artifact { uri, uri_base_id: Some(ROOT) }
    }
}

/// Percent-encoding of everything that is not plain in a path (RFC 3986, section 3.3).
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn suppression(waived: &Waived) -> Suppression {
    let kind = if waived.by == WaivedBy::Inline { "inSource" } else { "external" };
    Suppression { kind, status: "accepted", justification: waived.reason.clone() }
}

const fn level_name(level: Level) -> &'static str {
    level.headline()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_support::{rendered, report};
    use super::*;

    fn log() -> Value {
        serde_json::from_str(&rendered(&Sarif, &report(), false)).unwrap()
    }

    #[test]
    fn results_have_what_code_scanning_wants() {
        let log = log();
        let run = &log["runs"][0];
        let first = &run["results"][0];
        assert_eq!(
            (&first["ruleId"], &first["ruleIndex"], &first["level"]),
            (&json!("date-gate"), &json!(0), &json!("error"))
        );
        assert_eq!(
            first["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": {"uri": "src/a.c", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 25}
            })
        );
        assert_eq!(first["partialFingerprints"]["defuse/v1"], "00000000000000000000000000000001");
        let flow = first["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
        assert_eq!(flow.len(), 2, "deadline, then comparison");
        assert_eq!(first["suppressions"], json!([]));
        let suppression = json!([{"kind": "external", "status": "accepted", "justification": "the product"}]);
        assert_eq!(run["results"][2]["suppressions"], suppression);
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn every_rule_has_its_help() {
        let log = log();
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), Rule::ALL.len());
        for rule in rules {
            assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty(), "{rule}");
            assert!(!rule["help"]["markdown"].as_str().unwrap().is_empty(), "{rule}");
        }
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(artifact("./a b/ä%.c").uri, "a%20b/%C3%A4%25.c");
        let absolute = artifact("/tmp/x:y");
        assert_eq!((absolute.uri.as_str(), absolute.uri_base_id), ("file:///tmp/x%3Ay", None));
    }
}
