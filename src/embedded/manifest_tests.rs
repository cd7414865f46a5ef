#![allow(clippy::unwrap_used)]
use super::Places;
use super::test_support::{of, places, programs};
use crate::document::Positions;

const PACKAGE: &str =
    r#"{"name": "a", "scripts": {"b": "c \"d\"", "e": ["f", "node -e \"g('h')\""]}, "bin": {"i": "j"}}"#;
const JUSTFILE: &str = "a := \"1\"\nb := `c`\n\nd e=a: f\n    @g {{a}} \\\n      h {{ b }}\n    -i\n\nj:\n    #!/usr/bin/env python3\n    k()\n    l()\n\nm:\n    #!/usr/bin/env make\n    n\n";
const TASKFILE: &str = "vars: {A: '1'}\ntasks:\n  b:\n    cmds:\n      - c {{.A}} {{.D}}\n      - cmd: e\n  f: g\n";
const UNIT: &str = "[Service]\nExecStart=/bin/sh -c 'a %%s'\nUser=b\n";
const SPEC: &str = "Name: a\n%build\nb %{c} %%d %D\n%if 0%{?e}\n%post -p <lua>\nf()\n%files\ng\n";
const CMAKE: &str = "project(a)\nset(B 5)\nstring(TIMESTAMP C \"%s\" UTC)\nif(C GREATER B AND ${C} LESS \"7\")\n  message(FATAL_ERROR \"d's\")\nelseif(NOT E)\nelse()\nendif()\n";
const PIPELINE: &str = "steps {\n  sh '''\n    a\n  '''\n  sh(returnStdout: true, script: \"b\")\n  sh \"${c}\"\n  push 'd'\n  sh e\n  pwsh 'f'\n}\n";
const SHELL: &str = "/bin/sh -c 'a \"b\"' && sudo bash -ec \"c \\\"d\\\" \\$e\"\npython3 - <<'EOF'\nf('g')\nEOF\ncat <<EOF\nh\nEOF\necho -c 'i'\nphp -r 'j();'\n";
const QUERIES: &str = "a(\"select 1 where now() < b\"); c('update d set e = \\'f\\' where now() > g'); h(\"\"\"\n  SELECT i\n  WHERE j < now() \"\"\"); k(\"SELECT l\"); m = \"selected now() < n\"";
const TASKS: &str = "- when: a == 'b'\n  shell: c {{ d }}\n- when: \"now() > '2025-01-01'\"\n";

fn bash(text: &str) -> (&'static str, String) {
    ("bash", format!("set -e\n{text}"))
}

#[test]
fn manifests_hold_scripts() {
    let node = ("javascript", "g('h')".to_owned());
    let name = "scripts of a package";
    assert_eq!(programs(name, PACKAGE), [bash("c \"d\""), bash("f\nnode -e \"g('h')\""), node]);
    assert_eq!(places(name, PACKAGE, &["c ", "g('h')"]), ["c ", "g('h')"]);
    assert_eq!(programs("taskfile", TASKFILE), [bash("A='1'\nc ${A} ${D}"), bash("e"), bash("g")]);
    assert_eq!(programs("unit", UNIT), [bash("/bin/sh -c 'a %s'"), ("bash", "a %s".to_owned())]);
    assert_eq!(places("unit", UNIT, &["a %s"]), ["a %%s"]);
}

#[test]
fn recipes_and_sections_are_programs() {
    let python = ("python", "    k()\n    l()\n\n".to_owned());
    let first = bash("b=$(c)\na='1'\ng ${a} \\\n      h ${b}\n");
    assert_eq!(programs("justfile", JUSTFILE)[..2], [first, bash("i\n")]);
    assert_eq!(programs("justfile", JUSTFILE)[2..], [python]);
    assert_eq!(places("justfile", JUSTFILE, &["g ", "${b}", "l()"]), ["g ", "{{ b }}", "l()"]);
    let lua = ("lua", "f()\n".to_owned());
    assert_eq!(programs("rpm spec", SPEC), [("bash", "b _ %d %D\n:\n".to_owned()), lua]);
    assert_eq!(places("rpm spec", SPEC, &["b ", "f()"]), ["b ", "f()"]);
}

#[test]
fn scripts_of_a_build_are_said_as_a_shell_would() {
    let program = "project\nB=\"5\"\nC=$(date \"+%s\")\nif [[ \"$C\" -gt \"$B\" ]] && [[ \"${C}\" -lt \"7\" ]]; then\necho 'ds'\nexit 1\nelif _; then\nelse\n:\nfi\n";
    assert_eq!(programs("cmake", CMAKE), [("bash", program.to_owned())]);
    assert_eq!(places("cmake", CMAKE, &["-gt", "$B", "5", "%s"]), ["GREATER", "B", "5", "\"%s\""]);
}

#[test]
fn texts_of_a_program_are_programs() {
    let found = programs("steps of a pipeline", PIPELINE);
    let powershell = ("powershell", "f".to_owned());
    assert_eq!(found, [powershell, bash("\n    a\n  "), bash("b"), bash("${c}")]);
    let plain = |id: &'static str, text: &str| (id, text.to_owned());
    assert_eq!(
        programs("commands of a shell", SHELL),
        [
            plain("bash", "a \"b\""),
            plain("bash", "c \"d\" $e"),
            plain("php", "<?php j();"),
            plain("python", "f('g')\n"),
        ]
    );
    assert_eq!(places("commands of a shell", SHELL, &["\"d\"", "f('g')"]), ["\"d\\\"", "f('g')"]);
    let queries = [
        plain("sql", "select 1 where now() < b"),
        plain("sql", "update d set e = 'f' where now() > g"),
        plain("sql", "\n  SELECT i\n  WHERE j < now() "),
    ];
    assert_eq!(programs("queries", QUERIES), queries);
}

#[test]
fn tasks_hold_commands_and_conditions() {
    let condition = |text: &str| ("python", format!("import datetime\nif {text}:\n  task()\n"));
    let clock = condition("(datetime.datetime.now() > '2025-01-01')");
    assert_eq!(programs("ansible", TASKS), [condition("(a == 'b')"), bash("c ${d}"), clock]);
}

#[test]
fn broken_hosts_are_no_matter() {
    let samples = [
        ("scripts of a package", PACKAGE),
        ("justfile", JUSTFILE),
        ("taskfile", TASKFILE),
        ("unit", UNIT),
        ("rpm spec", SPEC),
        ("cmake", CMAKE),
        ("steps of a pipeline", PIPELINE),
        ("commands of a shell", SHELL),
        ("queries", QUERIES),
        ("ansible", TASKS),
    ];
    for (name, sample) in samples {
        let chars: Vec<char> = sample.chars().collect();
        for length in 0..chars.len() {
            let (head, tail) =
                (chars[..length].iter().collect::<String>(), chars[length + 1..].iter().collect::<String>());
            for text in [head.clone(), tail.clone(), format!("{head}é{tail}")] {
                let places = Places::new(&text);
                for guest in of(name, &text) {
                    places.of(&guest)(Positions::new(&guest.text).span(0..guest.text.len()));
                }
            }
        }
    }
}
