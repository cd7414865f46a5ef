//! Scripts inside HTML, Vue, Svelte and Astro: everything around them is blanked, so that lines and columns stay.

use crate::language::ir::Module;

/// Lowers the `<script>` elements of a page or component, all as one file.
pub fn lower(text: &str) -> Module {
    let scripts = scripts(text);
    if scripts.iter().any(|script| script.typed) {
        super::lower_typescript(&blanked(text, &scripts))
    } else if scripts.is_empty() {
        Module::default()
    } else {
        super::lower(&blanked(text, &scripts))
    }
}

/// Lowers the scripts of a page of `length` bytes, and the program of its markup that follows it; without that, if the
/// scripts read better alone.
pub fn lower_page(text: &str, length: usize) -> Module {
    let (page, markup) = text.split_at(length);
    let alone = lower(page);
    let scripts = scripts(page);
    let program = blanked(page, &scripts) + markup;
    let is_typed = scripts.iter().any(|script| script.typed);
    let whole = if is_typed { super::lower_typescript(&program) } else { super::lower(&program) };
    if whole.gaps.len() > alone.gaps.len() { alone } else { whole }
}

/// A script's bytes.
struct Script {
    from: usize,
    to: usize,
    typed: bool,
}

/// Types of a `<script>` that are code.
const CODE: [&str; 8] = ["", "module", "text/javascript", "application/javascript", "ts", "js", "tsx", "jsx"];

fn scripts(text: &str) -> Vec<Script> {
    let lower = text.to_ascii_lowercase();
    let mut scripts = Vec::new();
    let mut at = 0;
    // Astro keeps its script between dashes at the top.
    if let Some(end) = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---")) {
        scripts.push(Script { from: 4, to: 4 + end, typed: true });
        at = 4 + end;
    }
    while let Some(open) = lower[at..].find("<script").map(|found| at + found) {
        let Some(start) = lower[open..].find('>').map(|found| open + found + 1) else { break };
        let end = lower[start..].find("</script").map_or(text.len(), |found| start + found);
        let tag = &lower[open..start];
        let kind = attribute(tag, "lang").or_else(|| attribute(tag, "type")).unwrap_or("");
        if CODE.contains(&kind) || kind == "text/typescript" || kind == "text/babel" {
            scripts.push(Script { from: start, to: end, typed: kind.contains("ts") || kind.contains("typescript") });
        }
        at = end;
    }
    scripts
}

/// The value of an attribute in a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (before, after) = tag.split_once(&format!("{name}="))?;
    if !before.ends_with(char::is_whitespace) {
        return None;
    }
    let quote = after.chars().next()?;
    match quote {
        '"' | '\'' => after[1..].split(quote).next(),
        _ => after.split([' ', '>', '/']).next(),
    }
}

/// The text with everything outside the scripts replaced by blanks, line for line and character for character.
fn blanked(text: &str, scripts: &[Script]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for script in scripts {
        blank(&text[at..script.from], &mut out);
        out.push_str(&text[script.from..script.to]);
        // Two scripts are not one statement.
        at = script.to;
        if text[at..].starts_with('<') {
            out.push(';');
            at += 1;
        }
    }
    blank(&text[at..], &mut out);
    out
}

fn blank(text: &str, out: &mut String) {
    out.extend(text.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_keep_their_lines() {
        let page = "<!doctype html>\n<p>é</p><script type=\"module\">let a = 1</script>\n<script type=\"text/x-template\">{{ b }}</script>\n<script>\nlet c = 2\n</script>";
        let module = lower(page);
        assert_eq!(module.gaps, []);
        let lines: Vec<(String, u32, u32)> =
            module.globals.into_iter().map(|global| (global.name, global.span.line, global.span.column)).collect();
        assert_eq!(lines, [("a".to_owned(), 2, 31), ("c".to_owned(), 5, 1)]);
    }

    #[test]
    fn components_may_be_typed() {
        let module = lower("<template><b/></template>\n<script setup lang='ts'>\nconst end: Date = f()\n</script>\n");
        assert_eq!(module.gaps, []);
        assert_eq!(module.globals[0].ty.as_deref(), Some("Date"));
        assert_eq!(lower("<script"), Module::default());
        assert_eq!(lower("plain <b>text</b>"), Module::default());
        assert_eq!(lower("<script>let a = 1").globals.len(), 1);
        assert_eq!(lower("---\nconst a: number = 1;\n---\n<html/>").globals[0].span.line, 2);
    }
}
