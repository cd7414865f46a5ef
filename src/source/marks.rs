//! [`Marks`]: what a file can matter for.

use std::ops::{BitOr, BitOrAssign};

/// A set of reasons to look closer at a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Marks(u8);

impl Marks {
    /// No reason.
    pub const NONE: Self = Self(0);
    /// It reads a wall clock, outside comments.
    pub const CLOCK: Self = Self(1);
    /// It holds a full date or an epoch number of the years 2001 to 2099, outside comments.
    pub const DEADLINE: Self = Self(1 << 1);
    /// It holds a bare year 2000 to 2099, outside comments: a date only if something else says so.
    pub const YEAR: Self = Self(1 << 2);
    /// It holds a word of expiry, outside comments.
    pub const EXPIRY: Self = Self(1 << 3);
    /// It may hold a certificate, token or key.
    pub const CREDENTIAL: Self = Self(1 << 4);
    /// It holds a dated promise: "TODO(2024-05-01)", "remove after June 2025".
    pub const ANNOTATION: Self = Self(1 << 5);
    /// It holds one of our waivers.
    pub const WAIVER: Self = Self(1 << 6);

    /// It holds a number of a representation of time that runs out.
    pub const ROLLOVER: Self = Self(1 << 7);

    const NAMES: [(Self, &'static str); 8] = [
        (Self::CLOCK, "clock"),
        (Self::DEADLINE, "deadline"),
        (Self::YEAR, "year"),
        (Self::EXPIRY, "expiry"),
        (Self::CREDENTIAL, "credential"),
        (Self::ANNOTATION, "annotation"),
        (Self::WAIVER, "waiver"),
        (Self::ROLLOVER, "rollover"),
    ];

    /// All of `other` are here.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// One of `other` is here.
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Those of `self` that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Both sets, where `|` cannot be used (constants).
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Nothing is here.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The marks by name, in order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(mark, _)| self.has(*mark)).map(|(_, name)| name)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
