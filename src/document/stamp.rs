//! [`Stamp`]: the value that a build gives a name, as far as it is a date.
//!
//! A date that is written out, the time of the build, or that time and a period (`$(date -d '+90 days' +%s)`,
//! `Date.now() + 30 * 24 * 60 * 60 * 1000`). What the time of the build looks like is data: `rules/build-flags.yaml`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Value;
use super::judge::dated;
use super::rules::ValueKind;
use crate::calendar::Reading;
use crate::matcher::Pattern;

/// What a build gives a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stamp {
    /// A date.
    At(Reading),
    /// So many seconds after the build.
    Built(i64),
    /// What another name holds, which another file sets.
    Named(String),
}

/// How the time of the build is written.
#[derive(Clone, Debug)]
pub(super) struct Stamps {
    seconds: Vec<Pattern>,
    millis: Vec<Pattern>,
    any: Vec<Pattern>,
    later: Vec<Pattern>,
    /// Factors behind a plus sign.
    product: Pattern,
    name: Pattern,
    /// What makes days of seconds.
    days: Pattern,
}

const DAY: i64 = 86_400;

impl Stamps {
    pub(super) fn new(now: &HashMap<String, Vec<String>>, later: &[String]) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        let set = |key: &str| patterns(now.get(key).map_or(&[][..], Vec::as_slice));
        Self {
            seconds: set("seconds"),
            millis: set("millis"),
            any: set("any"),
            later: patterns(later),
            product: Pattern::new(
                r"\+\s*\(?\s*((?:\d[\d_]*|[A-Za-z_]\w*)[lLnuU]{0,2}(?:\s*\*\s*\(?(?:\d[\d_]*|[A-Za-z_]\w*)[lLnuU]{0,2}\)?)*)",
            ),
            days: Pattern::new(r"/ *\(?(?:86_?400|24 *\* *(?:60 *\* *60|3600)|60 *\* *60 *\* *24)\b\)?"),
            name: Pattern::new(r"%(\w+)%|\$\(?\{?([A-Za-z_]\w*)\}?\)?"),
        }
    }

    #[cfg(test)]
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let lists = [&self.seconds, &self.millis, &self.any, &self.later];
        lists.into_iter().flatten().chain([&self.product, &self.name, &self.days])
    }

    /// What a value is. `known` tells what a variable holds.
    pub(super) fn of(&self, value: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<Stamp> {
        let plain =
            value.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end_matches(|c: char| !c.is_alphanumeric());
        let plain = ["D[", "U[", "N["].iter().find_map(|sigil| plain.strip_prefix(sigil)).unwrap_or(plain);
        let plain = plain.trim_end_matches(['L', 'l', 'n']);
        if let Some((reading, _)) = dated(&Value::Text(plain.to_owned()), ValueKind::Auto) {
            return Some(Stamp::At(reading));
        }
        let literal = quoted(value).and_then(|text| dated(&Value::Text(text.to_owned()), ValueKind::Auto));
        if let Some((reading, _)) = literal {
            return Some(Stamp::At(reading));
        }
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.is_match(value));
        let millis = any(&self.millis);
        if !millis && !any(&self.seconds) && !any(&self.any) {
            return None;
        }
        // A clock that another date is given to reads no clock.
        if value.contains("new Date(\"") || value.contains("new Date('") {
            return None;
        }
        let value = self.name.replace_all(value, |found| {
            let name = found.get(1).or(found.get(2)).map_or("", |name| name.as_str());
            let number = known(name).filter(|value| value.trim_matches(['"', '\'', ';']).parse::<i64>().is_ok());
            number.map_or_else(|| found[0].to_owned(), |value| value.trim_matches(['"', '\'', ';']).to_owned())
        });
        // Days since 1970: `date +%s` / 86400 + 35.
        let in_days = if self.days.is_match(&value) { DAY } else { 1 };
        let added = || self.product(&value, in_days, if millis { 1000 } else { 1 }, known);
        let after = self.later(&value).or_else(added);
        Some(Stamp::Built(after.unwrap_or(0)))
    }

    /// A period in words.
    fn later(&self, value: &str) -> Option<i64> {
        self.later.iter().find_map(|later| {
            let captures = later.captures(value)?;
            let count = |name: &str, days: i64| {
                let number: i64 = captures.name(name)?.as_str().parse().ok()?;
                number.checked_mul(days * DAY)
            };
            let units = [("days", 1), ("days2", 1), ("weeks", 7), ("months", 30), ("years", 365)];
            units.iter().find_map(|(name, days)| count(name, *days))
        })
    }

    /// A product of numbers behind a plus sign.
    fn product(&self, value: &str, each: i64, unit: i64, known: &dyn Fn(&str) -> Option<String>) -> Option<i64> {
        let factors = self.product.captures(value)?;
        let mut product: i64 = each;
        for factor in factors[1].split('*') {
            let factor = factor.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            let number = |text: &str| {
                let digits = text.trim_end_matches(['l', 'L', 'n', 'u', 'U', ';']).replace('_', "");
                digits.parse::<i64>().ok()
            };
            let value = number(factor).or_else(|| number(known(factor)?.trim()))?;
            product = product.checked_mul(value)?;
        }
        Some(product / unit).filter(|seconds| (DAY..DAY * 4000).contains(seconds))
    }
}

/// The text in quotes that a value consists of, but for what turns it into a literal of the language.
fn quoted(value: &str) -> Option<&str> {
    let inner = value.strip_prefix("JSON.stringify(").unwrap_or(value);
    let inner = inner.strip_prefix("new Date(").unwrap_or(inner);
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let rest = &inner[1..];
    rest.split(quote).next().map(|text| text.trim_end_matches(')'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::flags::BuildFlags;
    use super::*;

    /// `NAME DATE` or `NAME +DAYS`, of every flag of a file.
    fn flags(path: &str, text: &str) -> Vec<String> {
        let flags = BuildFlags::embedded().unwrap();
        assert!(flags.applies(path), "{path}");
        let shown = |stamp: &Stamp| match stamp {
            Stamp::At(reading) => reading.civil.date_text(),
            Stamp::Built(seconds) => format!("+{}", seconds / DAY),
            Stamp::Named(name) => format!("${name}"),
        };
        flags.read(path, text).iter().map(|flag| format!("{} {}", flag.name, shown(&flag.stamp))).collect()
    }

    #[test]
    fn every_way_of_giving_a_date_to_a_name() {
        let mut wrong = Vec::new();
        for (path, text, expected) in [
            ("Makefile", "CFLAGS += -DEND=1764115200 -DX=3 -DNAME=\\\"app\\\"\n", "END 2025-11-26"),
            ("Makefile", "CFLAGS += -DEND=\\\"2026-01-31\\\"\n", "END 2026-01-31"),
            ("Makefile", "CFLAGS += -DBUILT=$(shell date +%s)\n", "BUILT +0"),
            ("Makefile", "F = -DEND=\"$(shell expr `date +%s` / 86400 + 35)\"\n", "END +35"),
            (
                "CMakeLists.txt",
                "string(TIMESTAMP NOW \"%s\" UTC)\nmath(EXPR END \"${NOW} + 35 * 86400\")\nadd_compile_definitions(END=${END})",
                "END +35",
            ),
            (
                "build.rs",
                "let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();\nprintln!(\"cargo:rustc-env=END={}\", now + 35 * 86400);",
                "END +35",
            ),
            ("Makefile", "END := $(shell date -d '+90 days' +%s)\nCFLAGS += -DEND=$(END)\n", "END +90"),
            ("Makefile", "\tgo build -ldflags \"-X main.end=$$(date -v+14d +%Y-%m-%d)\"\n", "end +14"),
            ("build.sh", "go build -ldflags \"-s -X x/y.ExpiresOn=2026-09-20\" .\n", "ExpiresOn 2026-09-20"),
            ("build.sh", "END=$(( $(date +%s) + 90*86400 ))\ngcc -DEND=$END a.c\n", "END +90"),
            (
                "b.bat",
                "set D=30\nfor /f %%a in ('powershell \"(Get-Date).AddDays(%D%)\"') do set E=%%a\ngo build -ldflags \"-X main.end=%E%\"",
                "end +30",
            ),
            ("CMakeLists.txt", "target_compile_definitions(app PRIVATE END=1764115200 NAME=\"x\")", "END 2025-11-26"),
            ("CMakeLists.txt", "add_compile_definitions(END=\"2026-01-31\")", "END 2026-01-31"),
            (
                ".goreleaser.yml",
                "ldflags:\n  - -s -X main.version={{.Version}} -X main.end={{ .Env.END }}\n",
                "end $END",
            ),
            (".github/workflows/r.yml", "run: echo \"END=$(date -d '+90 days' +%s)\" >> $GITHUB_ENV", "END +90"),
            (
                "app/build.gradle.kts",
                "buildConfigField(\"long\", \"END\", \"${System.currentTimeMillis() + 30L * 24 * 3600 * 1000}L\")",
                "END +30",
            ),
            ("a.csproj", "<AssemblyMetadata Include=\"Ends\" Value=\"2026-01-31\" />", "Ends 2026-01-31"),
            ("a.vcxproj", "<PreprocessorDefinitions>END=1764115200;WIN32</PreprocessorDefinitions>", "END 2025-11-26"),
            ("build.rs", "println!(\"cargo:rustc-env=END=2026-01-31\");", "END 2026-01-31"),
            (
                "build.rs",
                "let end = Utc::now() + Duration::days(60);\nprintln!(\"cargo:rustc-env=END={}\", end);",
                "END +60",
            ),
            (".cargo/config.toml", "[env]\nEND = \"2026-01-31\"\n", "END 2026-01-31"),
            (
                "vite.config.ts",
                "export default { define: { __END__: JSON.stringify('2026-01-31'), __V__: '1.2' } }",
                "__END__ 2026-01-31",
            ),
            (
                "vite.config.ts",
                "const end = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString()\nexport default { define: { 'process.env.END': JSON.stringify(end) } }",
                "END +30",
            ),
            (
                "webpack.config.js",
                "new webpack.DefinePlugin({ BUILT: Date.now(), END: JSON.stringify(\"2026-01-31\") })",
                "BUILT +0|END 2026-01-31",
            ),
            ("Dockerfile", "FROM a\nENV END=2026-01-31\nARG BUILT=1764115200\n", "END 2026-01-31|BUILT 2025-11-26"),
            ("run.sh", "flutter build --dart-define=END=2026-01-31\n", "END 2026-01-31"),
            (
                "config/config.exs",
                "config :app, :ends, ~D[2026-01-31]\nconfig :app, Gate, until: ~D[2026-02-28]\n",
                "ends 2026-01-31|until 2026-02-28",
            ),
            ("app.pro", "DEFINES += END=1764115200 A=1\n", "END 2025-11-26"),
            ("Makefile", "CFLAGS += -DVERSION=3 -DYEAR=2024 -DDEBUG -DPATH=/usr/2020\n", ""),
            ("vite.config.ts", "export default { define: { __V__: JSON.stringify(pkg.version) } }", ""),
        ] {
            let found = flags(path, text).join("|");
            if found != expected {
                wrong.push(format!("{path}: {text}\n  found {found}\n  expected {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
