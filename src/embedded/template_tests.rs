#![allow(clippy::unwrap_used)]
use super::page;
use super::test_support::{host, of};

const SVELTE: &str = "<script>let d = 1</script>\n{#if a < '}' && b}\n  <p on:click={() => { c() }}>x</p>\n{:else}{@html d}{/if}\n{#each e as f}{f}{/each}<style>p { x: y }</style>\n";
const VUE: &str = "<template><p v-if=\"a < b\">{{ c }}</p></template>\n<script>let d = 1</script>\n";
const ASTRO: &str = "---\nconst a = 1;\n---\n<p>don't</p>{a > 1 && <b>{c}</b>}\n";
const RAZOR: &str = "@page \"/x\"\n@using A.B\n@* @if (x) { } *@\n@{ var a = \"<\"; }\n@if (a < b) {\n  <p class=\"@(c ? 1 : 2)\">x@y.z @d.E(1)[2]. <br></p>\n  @m.n\n  f();\n} else if (g) {\n  @: h @i\n}\n<b @onclick=\"J\">@@k</b>\n@code {\n  int l;\n}\n";
const TWIG: &str = "{% set a = date('2025-01-01') %}{# b #}{%- if \"now\"|date(\"U\") >= a|date('U') and not c.d(1)|raw -%}x{% else %}{{ e ~ f }}{% endif %}{% endif %}{% unknown g %}";
const LIQUID: &str = "{% assign a = 'now' | date: '%s' | plus: 0 %}{% comment %}{% if b %}{% endcomment %}{% if a > 1 or site.time == c.d %}x{% elsif e contains f %}y{% endif %}{% capture g %}{{ 'now' | date: '%s' }}{% endcapture %}{% capture h %}i{{ j }}{% endcapture %}";
const JINJA: &str = "{% set a = now() %}{% if a.strftime('%Y') > '2025' and ansible_date_time.epoch|int < b[0] %}x{% endif %}{{ c | unknown }}{{ d if e else f }}";
const HELM: &str = "{{- $a := now | unixEpoch | int }}\n{{- if and (gt $a 5) .Values.b }}\nx: {{ .Values.c | quote }}\n{{- else if lt 1 2 }}{{ fail \"d\" }}{{ end }}{{ end }}{{/* if e */}}{{ now.After (time \"2025-01-01\") }}";

/// The statements of a program.
fn lines(name: &str, text: &str) -> String {
    let host = host(name);
    let program = if host.is_markup() && !host.inside.is_empty() {
        let whole = page(host, text, 0).map_or(String::new(), |guest| guest.text);
        whole.strip_prefix(text).unwrap_or("").to_owned()
    } else {
        of(name, text).remove(0).text
    };
    program.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn markup_is_a_program_after_the_scripts() {
    assert_eq!(
        lines("svelte", SVELTE),
        "if (a < '}' && b) { render(); render(() => { c() }); render(); } else { render(d); } //if if (unknown()) { //each e as f render(f); } //each"
    );
    assert_eq!(lines("vue", VUE), "if (a < b) { render(); } render( c );");
    assert_eq!(lines("astro", ASTRO), "render(a > 1 && <b>{c}</b>);");
    assert_eq!(lines("vue", "<p>x</p>"), "");
}

#[test]
fn razor_is_code_in_markup_in_code() {
    assert_eq!(
        lines("razor", RAZOR),
        "class Page { void Render() { render(); { var a = \"<\"; } if (a < b) { render(); render(c ? 1 : 2); render(d.E(1)[2]); render(m.n); f(); } else if (g) { render(); render(i); } } int l; }"
    );
}

#[test]
fn expressions_are_said_in_the_language_of_the_engine() {
    assert_eq!(
        lines("twig", TWIG),
        "<?php $a = new DateTime('2025-01-01'); if (((date(\"U\") >= $a->format('U')) && ( ! $c->d(1)))) { render(); } else { render(($e . $f)); }"
    );
    assert_eq!(
        lines("liquid", LIQUID),
        "a = (Time.now.strftime('%s').to_i + 0) if ((a > 1) or ('now' == unknown())) render() elsif unknown() render() end g = Time.now.strftime('%s')"
    );
    assert_eq!(
        lines("jinja", JINJA),
        "import datetime a = datetime.datetime.now() if ((a.strftime('%Y') > '2025') and (int(datetime.datetime.now().strftime(\"%s\")) < b[0])): render() render(unknown()) render((d if e else f))"
    );
    assert_eq!(
        lines("helm", HELM),
        "package page func page() { a := cast.ToInt(time.Now().Unix()) if (((a > 5)) && unknown()) { render() } else if (1 < 2) { panic(\"d\") } }"
    );
}

#[test]
fn broken_templates_are_no_matter() {
    for (name, sample) in [
        ("svelte", SVELTE),
        ("vue", VUE),
        ("astro", ASTRO),
        ("razor", RAZOR),
        ("twig", TWIG),
        ("liquid", LIQUID),
        ("jinja", JINJA),
        ("helm", HELM),
    ] {
        let chars: Vec<char> = sample.chars().collect();
        for length in 0..chars.len() {
            lines(name, &chars[..length].iter().collect::<String>());
            lines(name, &chars[length..].iter().collect::<String>());
            lines(
                name,
                &format!(
                    "{}é{}",
                    chars[..length].iter().collect::<String>(),
                    chars[length + 1..].iter().collect::<String>()
                ),
            );
        }
    }
}
