//! The grammar crates: the only place that names them. Each is behind the cargo feature of its language.

use tree_sitter::Language;

macro_rules! parsers {
    ($($feature:literal $name:ident $constant:path;)*) => {$(
        #[cfg(feature = $feature)]
        pub(crate) fn $name() -> Language {
            $constant.into()
        }
    )*};
}

parsers! {
    "c" c tree_sitter_c::LANGUAGE;
    "cpp" cpp tree_sitter_cpp::LANGUAGE;
    "python" python tree_sitter_python::LANGUAGE;
    "java" java tree_sitter_java::LANGUAGE;
    "javascript" javascript tree_sitter_javascript::LANGUAGE;
    "javascript" typescript tree_sitter_typescript::LANGUAGE_TYPESCRIPT;
    "javascript" tsx tree_sitter_typescript::LANGUAGE_TSX;
    "go" go tree_sitter_go::LANGUAGE;
    "csharp" csharp tree_sitter_c_sharp::LANGUAGE;
    "ruby" ruby tree_sitter_ruby::LANGUAGE;
    "php" php tree_sitter_php::LANGUAGE_PHP;
    "powershell" powershell tree_sitter_powershell::LANGUAGE;
    "kotlin" kotlin tree_sitter_kotlin_ng::LANGUAGE;
    "swift" swift tree_sitter_swift::LANGUAGE;
    "bash" bash tree_sitter_bash::LANGUAGE;
    "lua" lua tree_sitter_lua::LANGUAGE;
    "scala" scala tree_sitter_scala::LANGUAGE;
    "dart" dart tree_sitter_dart::LANGUAGE;
    "objc" objc tree_sitter_objc::LANGUAGE;
    "perl" perl ts_parser_perl::LANGUAGE;
    "groovy" groovy dekobon_tree_sitter_groovy::LANGUAGE;
    "elixir" elixir tree_sitter_elixir::LANGUAGE;
}
