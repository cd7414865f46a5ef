//! Perl 5.
//!
//! Arguments are parameters where a function begins by taking them apart (`my ($self, $now) = @_;`, `my $x = shift;`).
//! Functions belong to their package. Hashes with plain keys are records, so that `$self->{until}` and `%h = (until => 1)`
//! name the same part. Scalars, arrays and hashes of one name are not told apart.

mod expression;
mod item;
mod literal;
mod parameters;
mod statement;

use super::ir::{BinaryOp, Module};
use super::tree::shape::*;
use super::tree::{Dialect, Grammar, Operator, parsers};

use self::expression::{
    bare_call, call, closure_call, element, entry, map_or_grep, method_call, slice, subroutine_value, variable,
};
use self::item::{package, requires, subroutine, uses};
use self::literal::{array_of, hash_of, heredoc, quoted, word_list};
use self::statement::{
    assignment, branch_of, declaration, for_list, postfix_branch, postfix_for, postfix_loop, repeated, statement,
};

static GRAMMAR: Grammar = Grammar::new(Dialect {
    operators: &[
        ("eq", Operator::Binary(BinaryOp::Equal)),
        ("ne", Operator::Binary(BinaryOp::NotEqual)),
        ("lt", Operator::Binary(BinaryOp::Less)),
        ("le", Operator::Binary(BinaryOp::LessEqual)),
        ("gt", Operator::Binary(BinaryOp::Greater)),
        ("ge", Operator::Binary(BinaryOp::GreaterEqual)),
        ("cmp", Operator::Binary(BinaryOp::Compare)),
        (".", Operator::Binary(BinaryOp::Concat)),
        ("//", Operator::Binary(BinaryOp::Otherwise)),
        ("=~", Operator::Method),
    ],
    sigils: &['$', '@', '%', '&'],
    receivers: &["self", "this"],
    receiver_params: &["self", "this", "class"],
    exported: |_, _, name| !name.starts_with('_'),
    assignment_declares: true,
    tail_values: true,
    octal: true,
    tests: &[],
    ..Dialect::of(parsers::perl, &[SHAPES])
});

/// Lowers a Perl file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // What is not there. Brackets stand in the fields that they surround.
    ("(", skip()),
    (")", skip()),
    (",", skip()),
    (";", skip()),
    ("pod", skip()),
    ("data_section", skip()),
    ("eof_marker", skip()),
    ("use_version_statement", skip()),
    ("prototype", skip()),
    // Names and literals.
    ("scalar", expr_with(variable)),
    ("array", expr_with(variable)),
    ("hash", expr_with(variable)),
    ("container_variable", expr_with(variable)),
    ("bareword", path()),
    ("package", path()),
    ("autoquoted_bareword", expr_with(quoted)),
    ("string_literal", expr_with(quoted)),
    ("interpolated_string_literal", expr_with(quoted)),
    ("heredoc_token", expr_with(heredoc)),
    ("heredoc_content", skip()),
    ("quoted_word_list", expr_with(word_list)),
    ("match_regexp", regex()),
    ("quoted_regexp", regex()),
    ("undef_expression", null()),
    ("list_expression", list("*")),
    ("stub_expression", list("*")),
    ("anonymous_array_expression", expr_with(array_of)),
    ("anonymous_hash_expression", expr_with(hash_of)),
    ("refgen_expression", pass("#0")),
    ("array_deref_expression", pass("#0")),
    ("hash_deref_expression", pass("#0")),
    ("scalar_deref_expression", pass("#0")),
    ("localization_expression", pass("#0")),
    // Operators.
    ("binary_expression", binary("left", "operator", "right")),
    ("equality_expression", binary("left", "operator", "right")),
    ("relational_expression", binary("left", "operator", "right")),
    ("lowprec_logical_expression", binary("left", "operator", "right")),
    ("unary_expression", unary("operator", "operand")),
    ("logical_not_expression", unary("operator", "operand")),
    ("preinc_expression", unary("operator", "operand")),
    ("postinc_expression", unary("operator", "operand")),
    ("conditional_expression", conditional("condition", "consequent", "alternative")),
    ("assignment_expression", stmt_with(assignment)),
    ("variable_declaration", stmt_with(declaration)),
    // Parts and calls.
    ("array_element_expression", expr_with(element)),
    ("hash_element_expression", expr_with(entry)),
    ("anonymous_slice_expression", expr_with(slice)),
    ("func0op_call_expression", expr_with(call)),
    ("func1op_call_expression", expr_with(call)),
    ("function_call_expression", expr_with(call)),
    ("ambiguous_function_call_expression", expr_with(call)),
    ("function", expr_with(bare_call)),
    ("method_call_expression", expr_with(method_call)),
    ("coderef_call_expression", expr_with(closure_call)),
    ("anonymous_subroutine_expression", expr_with(subroutine_value)),
    ("map_grep_expression", expr_with(map_or_grep)),
    ("indirect_object", skip()),
    // Statements.
    ("expression_statement", stmt_with(statement)),
    ("conditional_statement", stmt_with(branch_of)),
    ("postfix_conditional_expression", stmt_with(postfix_branch)),
    ("loop_statement", stmt_with(repeated)),
    ("postfix_loop_expression", stmt_with(postfix_loop)),
    ("for_statement", stmt_with(for_list)),
    ("postfix_for_expression", stmt_with(postfix_for)),
    ("cstyle_for_statement", for_count("initialiser", "condition", "iterator", "block")),
    ("return_expression", give("*")),
    ("loopex_expression", jump()),
    ("goto_expression", jump()),
    ("do_expression", pass("#0")),
    ("eval_expression", pass("#0")),
    ("try_statement", attempt("try_block", "catch_block", "finally_block")),
    ("block_statement", block("*")),
    ("statement_label", inline("statement")),
    ("phaser_statement", inline("@block>*")),
    // Items.
    ("package_statement", stmt_with(package)),
    ("subroutine_declaration_statement", stmt_with(subroutine)),
    ("method_declaration_statement", stmt_with(subroutine)),
    ("use_statement", stmt_with(uses)),
    ("require_expression", stmt_with(requires)),
];

#[cfg(test)]
mod tests;
