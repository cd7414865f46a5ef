//! How deep `syn` would recurse into a token stream, before it does.
//!
//! Its parser recurses at brackets, but also at `!!!…x`, `|| || …`, `a = b = …` and `Vec<Vec<…`, and the trees it builds
//! are dropped recursively, so a thousand `.call()`s in a row count too. All of these have one thing in common: many
//! tokens in a row without a separator. The *strain* at a token is the number of tokens since the last separator, summed
//! over the brackets around it, plus a toll for each bracket. It bounds every one of these recursions.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

/// The most strain that is parsed; hand-written code stays in the hundreds.
pub(super) const STRAIN_LIMIT: usize = 4_000;

/// What a bracket counts: parsing a parenthesised expression takes several calls of the parser.
const BRACKET_TOLL: usize = 8;

/// Whether the stream may be given to the parser.
pub(super) fn fits(tokens: &TokenStream) -> bool {
    strain(tokens) <= STRAIN_LIMIT
}

/// The largest strain in the stream; stops counting once over the limit.
pub(super) fn strain(tokens: &TokenStream) -> usize {
    let mut levels = vec![Level::new(tokens.clone())];
    let (mut above, mut most) = (0, 0);
    while let Some(level) = levels.last_mut() {
        let Some(token) = level.tokens.next() else {
            levels.pop();
            above -= levels.last().map_or(above, |outer| outer.run + BRACKET_TOLL);
            continue;
        };
        level.count(&token);
        most = most.max(above + level.run);
        if most > STRAIN_LIMIT {
            break;
        }
        if let TokenTree::Group(group) = token {
            above += level.run + BRACKET_TOLL;
            levels.push(Level::new(group.stream()));
        }
    }
    most
}

/// One open bracket.
struct Level {
    tokens: token_stream::IntoIter,
    /// Tokens since the last separator.
    run: usize,
    /// `<` without their `>`: a comma between them separates nothing.
    angles: usize,
    /// Between the bars of a closure: neither does one there.
    in_bars: bool,
    /// What came last.
    last: Last,
}

/// What the token before was.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// The start, or an operator with what it looks like.
    Operator(char),
    /// The `#` or `#!` of an attribute.
    Hash,
    /// A keyword that goes before an operand, like `move`.
    Keyword,
    /// A name.
    Name,
    /// A literal or `(…)`, `[…]`: a `<` after it compares.
    Value,
    /// `{…}`, which separates unless an operator or `else` goes on.
    Braces,
}

impl Level {
    fn new(tokens: TokenStream) -> Self {
        Self { tokens: tokens.into_iter(), run: 0, angles: 0, in_bars: false, last: Last::Operator(' ') }
    }

    fn count(&mut self, token: &TokenTree) {
        self.run += 1;
        let last = self.last;
        self.last = match token {
            TokenTree::Punct(punct) => self.count_operator(punct.as_char(), punct.spacing()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                self.separate_if(last == Last::Braces);
                Last::Braces
            }
            TokenTree::Group(_) if last == Last::Hash => {
                self.run -= 1;
                Last::Operator('#')
            }
            TokenTree::Group(_) => Last::Value,
            TokenTree::Literal(_) => {
                if last == Last::Operator('«') {
                    self.angles = self.angles.saturating_sub(2);
                }
                self.separate_if(last == Last::Braces);
                Last::Value
            }
            TokenTree::Ident(ident) => {
                self.separate_if(last == Last::Braces && ident != "else");
                let goes_before =
                    ["move", "async", "static", "return", "break", "yield", "in", "else", "mut", "if", "match"];
                if goes_before.iter().any(|keyword| ident == keyword) { Last::Keyword } else { Last::Name }
            }
        };
    }

    /// Counts one character of an operator. `«` stands for `<<`, `→` for `->`.
    fn count_operator(&mut self, operator: char, spacing: Spacing) -> Last {
        let joint = spacing == Spacing::Joint;
        match (self.last, operator) {
            (_, ';') => self.separate_if(true),
            (_, ',') => self.separate_if(self.angles == 0 && !self.in_bars),
            (last, '#') => {
                self.run -= 1;
                self.separate_if(last == Last::Braces);
                return if last == Last::Hash { last } else { Last::Hash };
            }
            (Last::Hash, '!') => {
                self.run -= 1;
                return Last::Hash;
            }
            (Last::Value, '<') if !joint => {}
            (Last::Value, '<') => return Last::Operator('≤'),
            (Last::Operator('≤'), '<' | '=') => {}
            (Last::Operator('<'), '<') => {
                self.angles += 1;
                return Last::Operator('«');
            }
            (Last::Operator('<'), '=') => self.angles = self.angles.saturating_sub(1),
            (_, '<') => self.angles += 1,
            // A fat arrow lies in no generics and in no closure's parameters: whatever seemed open was not.
            (Last::Operator('='), '>') => (self.angles, self.in_bars) = (0, false),
            (Last::Operator('-'), '>') => {}
            (_, '>') => self.angles = self.angles.saturating_sub(1),
            (last, '|') => {
                let opens = matches!(last, Last::Operator(_) | Last::Keyword | Last::Hash | Last::Braces);
                self.in_bars = !self.in_bars && opens;
            }
            _ => {}
        }
        Last::Operator(operator)
    }

    fn separate_if(&mut self, separates: bool) {
        if separates {
            (self.run, self.angles, self.in_bars) = (0, 0, false);
        }
    }
}
