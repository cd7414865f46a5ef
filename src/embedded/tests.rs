#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::test_support::{of, places, programs};
use super::*;
use crate::document::Positions;

const WORKFLOW: &str = r#"on: push
env: {END: 2025-06-30}
jobs:
  a:
    steps:
      - run: |
          if [ $X -gt "${{ env.END }}" ]; then
            exit 1
          fi
      - shell: python
        run: "import x\nif x.y():\n  z(\"q\")"
      - shell: cmd
        run: exit /b
  b:
    script:
      - one
      - >
        two
        three
"#;

const DOCKERFILE: &str = r#"FROM a
ARG END=2025 Q="b c"
RUN --mount=type=cache one && \
    # a comment
    two $END
RUN <<EOF
three
EOF
RUN python3 - <<EOF
four()
EOF
COPY <<'E' /x/start.sh
five
E
CMD ["sh", "-c", "six \"x\"; seven"]
HEALTHCHECK --interval=5m CMD eight
SHELL ["pwsh", "-Command"]
RUN nine
"#;

const MAKEFILE: &str = "A := 1\nB = $(shell date +%s)\nC = $(B)\n\nall: x\n\t@test $$x -lt $(C) \\\n\t  && y $@\nifdef Q\n\t-z $(wildcard *)\nendif\nD = 4\n\tnot a recipe\n";

const NOTEBOOK: &str = r#"{"cells": [
 {"cell_type": "markdown", "source": ["x"]},
 {"cell_type": "code", "source": ["%time x\n", "a = \"\u00e9\ud83d\ude00\"\n", "b"]},
 {"cell_type": "code", "source": "%%sh\nc"},
 {"cell_type": "code", "source": "d"}
], "metadata": {"kernelspec": {"language": "python"}}}"#;

const ERB: &str = "<% a = 1 -%>\n<%# if x %>\n<% if a < b %>\n  <b><%= c %></b>\n<% end %>\n";

const BLADE: &str =
    "@php $a = 1; @endphp\n@if (b(')') < $a)\n  <i @click=\"x\">{{ $c }}</i>\n@else\n{{-- d --}}\n@endif\n@else\n";

#[test]
fn workflows_hold_the_steps_of_their_shells() {
    let found = programs("workflow", WORKFLOW);
    assert_eq!(
        found,
        [
            ("bash", "set -e\nEND='2025-06-30'\nif [ $X -gt \"${END}\" ]; then\n  exit 1\nfi\n".to_owned()),
            ("python", "import x\nif x.y():\n  z(\"q\")".to_owned()),
            ("bash", "set -e\none\ntwo three\n".to_owned()),
        ]
    );
    let words = ["exit 1", "'2025-06-30'", "x.y", "\"q\"", "one", "three"];
    assert_eq!(places("workflow", WORKFLOW, &words), ["exit 1", "2025-06-30", "x.y", "\\\"q\\\"", "one", "three"]);
}

#[test]
fn dockerfiles_hold_what_they_run() {
    let found = programs("dockerfile", DOCKERFILE);
    let bash = |text: &str| ("bash", format!("set -e\n{text}"));
    let expected = [
        bash("END='2025'\none &&  \\\n    two $END"),
        bash("three\n"),
        ("python", "four()\n".to_owned()),
        bash("five\n"),
        bash("six \"x\"; seven"),
        bash("eight"),
        ("powershell", "nine".to_owned()),
    ];
    assert_eq!(found, expected);
    let words = ["two", "three", "four", "five", "seven", "nine", "'2025'"];
    assert_eq!(places("dockerfile", DOCKERFILE, &words), ["two", "three", "four", "five", "seven", "nine", "2025"]);
}

#[test]
fn makefiles_hold_recipes_line_by_line() {
    let found = programs("makefile", MAKEFILE);
    let first = "set -e\nB=$(date +%s)\nC=\"${B}\"\ntest $x -lt ${C} \\\n\t  && y _\n".to_owned();
    assert_eq!(found, [("bash", first), ("bash", "z _\n".to_owned())]);
    assert_eq!(places("makefile", MAKEFILE, &["test", "$x", "${C}", "&& y"]), ["test", "$$x", "$(C)", "&& y"]);
}

#[test]
fn notebooks_hold_one_program_and_that_of_each_magic() {
    let found = programs("notebook", NOTEBOOK);
    let whole = "pass\na = \"é😀\"\nb\nd\n".to_owned();
    assert_eq!(found, [("python", whole), ("bash", "\nc".to_owned())]);
    let words = ["é😀", "b", "d", "c"];
    assert_eq!(places("notebook", NOTEBOOK, &words), ["\\u00e9\\ud83d\\ude00", "b", "d", "c"]);
}

#[test]
fn pages_are_programs_that_show_what_stands_around_the_code() {
    let lines = |name: &str, text: &str| {
        let program = programs(name, text).remove(0).1;
        program.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(lines("erb", ERB), "a = 1; if a < b; render(); c; render(); end");
    let blade = "<?php; $a = 1;; if (b(')') < $a) {; render();; render( $c );; render();; } else {; }; render();";
    assert_eq!(lines("blade", BLADE), blade);
    assert_eq!(places("erb", ERB, &["a < b", "c "]), ["a < b", "c "]);
    for text in ["<%", "<%= x", "<%%>", "<% é %>é"] {
        programs("erb", text);
    }
    for text in ["@", "@if", "@if (", "@if ('(", "@else", "@endif", "@php", "{{ é", "@é"] {
        programs("blade", text);
    }
}

#[test]
fn broken_hosts_hold_nothing() {
    assert!(programs("notebook", "{\"cells\": [").is_empty());
    assert!(programs("workflow", "a: [b\nc: {{ d }}").is_empty());
    for text in ["", "RUN", "RUN \\", "RUN <<E", "ENV", "ENV =", "ENV A=\"", "CMD [\"sh\", \"-c\"", "ONBUILD"] {
        programs("dockerfile", text);
    }
    for text in ["\t", "a:\n\t$", "a:\n\t$(", "a:\n\t@$\\", "A = $", "A = $(shell ", "!=", "a:\n\t${é", "a:\n\t$é"] {
        programs("makefile", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(
        cuts in prop::collection::vec((0_usize..800, 0_usize..9), 1..4),
        noise in "[a-z$({})\\\\\"'<\n\t:=é%|]{0,12}",
    ) {
        let samples = [("workflow", WORKFLOW), ("dockerfile", DOCKERFILE), ("makefile", MAKEFILE), ("notebook", NOTEBOOK), ("erb", ERB), ("blade", BLADE)];
        for (name, sample) in samples {
            let mut chars: Vec<char> = sample.chars().collect();
            for (at, length) in &cuts {
                let at = at % chars.len();
                chars.splice(at..(at + length).min(chars.len()), noise.chars());
            }
            let text: String = chars.into_iter().collect();
            let places = Places::new(&text);
            for guest in of(name, &text) {
                places.of(&guest)(Positions::new(&guest.text).span(0..guest.text.len()));
            }
        }
    }
}
