//! Scripts that no ending tells: the program that runs them stands in their first line.

use std::collections::HashMap;

/// Endings of scripts of any language: what a web server, a package or an init system runs.
const SCRIPTS: [&str; 12] =
    ["cgi", "fcgi", "command", "run", "init", "hook", "preinst", "postinst", "prerm", "postrm", "in", "sample"];

/// Whether a file of that name may be a script of any language.
pub fn may_be_script(name: &str) -> bool {
    // A leading dot makes a hidden file, not an ending.
    let ending = name.trim_start_matches('.').rsplit_once('.').map(|(_, ending)| ending);
    ending.is_none_or(|ending| SCRIPTS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// The program that a `#!` line names: `#!/usr/bin/env -S python3 -u` → `python3`.
pub fn interpreter(head: &[u8]) -> Option<&str> {
    const LONGEST: usize = 256;
    let line = head.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..line.len().min(LONGEST))?).ok()?;
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let first = words.next()?;
    if first == "env" { words.find(|word| !word.starts_with('-') && !word.contains('=')) } else { Some(first) }
}

/// What is known of a program: under its name, else under its name without the version.
pub fn by_program(known: &HashMap<String, usize>, program: &str) -> Option<usize> {
    known.get(program).or_else(|| known.get(unversioned(program))).copied()
}

/// The name of a program without its version: `python3.12` → `python`.
fn unversioned(program: &str) -> &str {
    program.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_names_a_program() {
        for (head, program, bare) in [
            ("#!/bin/sh\n", "sh", "sh"),
            ("#! /usr/bin/python3.12 -u\n", "python3.12", "python"),
            ("#!/usr/bin/env -S X=1 ruby2.7 -w", "ruby2.7", "ruby"),
            ("#!/usr/bin/env lua-5.4", "lua-5.4", "lua"),
            ("#!C:\\perl", "C:\\perl", "C:\\perl"),
        ] {
            assert_eq!(interpreter(head.as_bytes()), Some(program), "{head}");
            assert_eq!(
                by_program(&HashMap::from([(program.to_owned(), 1), (bare.to_owned(), 2)]), program),
                Some(1 + usize::from(program == bare))
            );
            assert_eq!(by_program(&HashMap::from([(bare.to_owned(), 2)]), program), Some(2));
            assert_eq!(by_program(&HashMap::new(), program), None);
        }
        for head in ["", "#!", "#!\n/bin/sh", " #!/bin/sh", "#!/usr/bin/env\n"] {
            assert_eq!(interpreter(head.as_bytes()), None, "{head}");
        }
    }

    #[test]
    fn scripts_have_no_ending_or_one_of_their_place() {
        assert!(["run", ".profile", "a.cgi", "x.POSTINST", "a.py.in"].into_iter().all(may_be_script));
        assert!(!["a.txt", ".a.txt", "a.in.c"].into_iter().any(may_be_script));
    }
}
