//! PowerShell. Operators and values are in [`expression`], commands and pipelines in [`command`], blocks, functions and
//! classes in [`statement`].

use super::ir::Module;
use super::tree::shape::*;
use super::tree::{Dialect, Grammar, parsers};

mod command;
mod expression;
mod statement;

static GRAMMAR: Grammar = Grammar::new(Dialect {
    sigils: &['$'],
    assignment_declares: true,
    tail_values: true,
    ..Dialect::of(parsers::powershell, &[SHAPES])
});

/// Lowers a PowerShell file.
pub fn lower(text: &str) -> Module {
    GRAMMAR.lower(text)
}

const SHAPES: &[(&str, Shape)] = &[
    // Values.
    ("decimal_integer_literal", number()),
    ("hexadecimal_integer_literal", number()),
    ("integer_literal", pass("#0")),
    ("real_literal", number()),
    ("string_literal", expr_with(expression::text)),
    ("expandable_string_literal", expr_with(expression::text)),
    ("expandable_here_string_literal", expr_with(expression::text)),
    ("verbatim_string_characters", expr_with(expression::text)),
    ("verbatim_here_string_characters", expr_with(expression::text)),
    ("generic_token", expr_with(expression::word)),
    ("simple_name", name()),
    ("variable", expr_with(expression::variable)),
    ("type_literal", expr_with(expression::type_name)),
    ("array_expression", expr_with(expression::array)),
    ("array_literal_expression", expr_with(expression::chain)),
    ("hash_literal_expression", expr_with(expression::hash)),
    ("sub_expression", expr_with(expression::array)),
    ("script_block_expression", expr_with(statement::closure)),
    // Operators: a level for each precedence, most with one part.
    ("logical_expression", expr_with(expression::chain)),
    ("bitwise_expression", expr_with(expression::chain)),
    ("comparison_expression", expr_with(expression::chain)),
    ("additive_expression", expr_with(expression::chain)),
    ("multiplicative_expression", expr_with(expression::chain)),
    ("format_expression", expr_with(expression::chain)),
    ("range_expression", expr_with(expression::chain)),
    ("unary_expression", expr_with(expression::chain)),
    ("argument_expression", expr_with(expression::chain)),
    ("logical_argument_expression", expr_with(expression::chain)),
    ("bitwise_argument_expression", expr_with(expression::chain)),
    ("comparison_argument_expression", expr_with(expression::chain)),
    ("additive_argument_expression", expr_with(expression::chain)),
    ("multiplicative_argument_expression", expr_with(expression::chain)),
    ("format_argument_expression", expr_with(expression::chain)),
    ("range_argument_expression", expr_with(expression::chain)),
    ("expression_with_unary_operator", expr_with(expression::prefixed)),
    ("cast_expression", expr_with(expression::cast)),
    ("post_increment_expression", expr_with(expression::step)),
    ("post_decrement_expression", expr_with(expression::step)),
    ("pre_increment_expression", expr_with(expression::step)),
    ("pre_decrement_expression", expr_with(expression::step)),
    ("parenthesized_expression", pass("#0")),
    ("member_access", expr_with(expression::member)),
    ("element_access", index("#0", "#-1")),
    ("invokation_expression", expr_with(expression::invocation)),
    ("assignment_expression", expr_with(expression::assignment)),
    ("left_assignment_expression", pass("#0")),
    // Commands.
    ("command", expr_with(command::command)),
    ("pipeline", pass("#0")),
    ("pipeline_chain", expr_with(command::pipeline)),
    // Statements.
    ("statement_list", inline("*")),
    ("statement_block", block("*")),
    ("script_block", block("*")),
    ("script_block_body", inline("*")),
    ("named_block_list", inline("*")),
    ("named_block", block("@statement_block")),
    ("flow_control_statement", stmt_with(statement::flow)),
    ("if_statement", stmt_with(statement::branch)),
    ("while_statement", repeat("condition", "@statement_block", "")),
    ("do_statement", repeat_after("condition", "@statement_block")),
    ("while_condition", pass("#0")),
    ("for_statement", for_count("for_initializer", "for_condition", "for_iterator", "@statement_block")),
    ("for_initializer", pass("#0")),
    ("for_condition", pass("#0")),
    ("for_iterator", pass("#0")),
    ("foreach_statement", stmt_with(statement::for_each)),
    ("switch_statement", choose("@switch_condition>#0", "@switch_body>@switch_clauses>@switch_clause")),
    ("switch_clause", arm("@switch_clause_condition>#0", "", "@statement_block")),
    ("try_statement", attempt("@statement_block", "@catch_clauses>@catch_clause", "@finally_clause")),
    ("catch_clause", handler("", "@statement_block")),
    ("trap_statement", skip()),
    ("empty_statement", skip()),
    ("param_block", stmt_with(statement::script_params)),
    ("function_statement", stmt_with(statement::function)),
    ("class_statement", stmt_with(statement::class)),
    ("class_property_definition", stmt_with(statement::property)),
    ("class_method_definition", stmt_with(statement::method)),
    ("enum_statement", skip()),
    ("attribute_list", skip()),
];

#[cfg(test)]
mod tests;
