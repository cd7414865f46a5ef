//! Instructions (JVMS § 6.5) one by one, and where control goes from each.

use super::cursor::Cursor;
use crate::language::stack::machine::Next;

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction<'a> {
    /// Where it begins, from the method's first.
    pub(super) at: usize,
    pub(super) opcode: u8,
    /// `wide` stands before it.
    pub(super) wide: bool,
    /// What follows the opcode; of switches, what follows the padding.
    pub(super) operands: &'a [u8],
}

/// The most arms of a switch that are looked at.
const ARMS: usize = 4096;

/// The instructions of a method; they end early where they make no sense.
pub(super) fn instructions(code: &[u8]) -> Vec<Instruction<'_>> {
    let mut cursor = Cursor::new(code, 0);
    let mut all = Vec::new();
    while let Some(instruction) = one(&mut cursor) {
        all.push(instruction);
    }
    all
}

fn one<'a>(cursor: &mut Cursor<'a>) -> Option<Instruction<'a>> {
    let at = cursor.position();
    let mut opcode = cursor.u8()?;
    let wide = opcode == 196;
    if wide {
        opcode = cursor.u8()?;
    }
    let length = match opcode {
        170 | 171 => {
            cursor.take((3 - at % 4) % 4)?;
            let mut ahead = *cursor;
            ahead.u32()?;
            let first = usize::try_from(ahead.u32()?.cast_signed()).ok();
            if opcode == 171 {
                8 + first?.checked_mul(8)?
            } else {
                let mut ahead = *cursor;
                ahead.u32()?;
                let (low, high) = (ahead.u32()?.cast_signed(), ahead.u32()?.cast_signed());
                let count = i64::from(high) - i64::from(low) + 1;
                12 + usize::try_from(count).ok()?.checked_mul(4)?
            }
        }
        132 if wide => 4,
        _ if wide => 2,
        16 | 18 | 21..=25 | 54..=58 | 169 | 188 => 1,
        17 | 19 | 20 | 132 | 153..=168 | 178..=184 | 187 | 189 | 192 | 193 | 198 | 199 => 2,
        197 => 3,
        185 | 186 | 200 | 201 => 4,
        0..=201 => 0,
        _ => return None,
    };
    Some(Instruction { at, opcode, wide, operands: cursor.take(length)? })
}

impl Instruction<'_> {
    /// The operand of an instruction that has one of two bytes; zero if it has not.
    pub(super) fn u16(&self) -> u16 {
        Cursor::new(self.operands, 0).u16().unwrap_or_default()
    }

    /// The number of the local that it reads or writes.
    pub(super) fn slot(&self) -> u16 {
        if self.wide { self.u16() } else { self.operands.first().copied().map_or(0, u16::from) }
    }

    fn jump(&self) -> Option<usize> {
        let offset = match self.operands.len() {
            2 => isize::from(self.u16().cast_signed()),
            _ => isize::try_from(Cursor::new(self.operands, 0).u32()?.cast_signed()).ok()?,
        };
        self.at.checked_add_signed(offset)
    }

    /// Where control goes from here.
    pub(super) fn next(&self) -> Next {
        match self.opcode {
            153..=166 | 198 | 199 => self.jump().map_or(Next::Out, Next::Either),
            167 | 200 => self.jump().map_or(Next::Out, Next::To),
            170 | 171 => self.switch().unwrap_or(Next::Out),
            // Subroutines went with Java 6.
            168 | 169 | 172..=177 | 191 | 201 => Next::Out,
            _ => Next::On,
        }
    }

    fn switch(&self) -> Option<Next> {
        let mut cursor = Cursor::new(self.operands, 0);
        let there = |offset: u32| self.at.checked_add_signed(isize::try_from(offset.cast_signed()).ok()?);
        let otherwise = there(cursor.u32()?)?;
        let first = cursor.u32()?.cast_signed();
        let mut arms = Vec::new();
        if self.opcode == 170 {
            let last = cursor.u32()?.cast_signed();
            for number in (first..=last).take(ARMS) {
                arms.push((number, there(cursor.u32()?)?));
            }
        } else {
            for _ in 0..usize::try_from(first).ok()?.min(ARMS) {
                arms.push((cursor.u32()?.cast_signed(), there(cursor.u32()?)?));
            }
        }
        Some(Next::Switch { arms, otherwise: Some(otherwise) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_and_switches_are_followed() {
        let code = [
            0x03, 0x99, 0, 4, 0xAA, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 24, 0xFF, 0xFF, 0xFF, 0xFC,
            0xB1,
        ];
        let all = instructions(&code);
        assert_eq!(all.iter().map(|one| one.at).collect::<Vec<_>>(), [0, 1, 4, 28]);
        assert_eq!(all[1].next(), Next::Either(5));
        assert_eq!(all[2].next(), Next::Switch { arms: vec![(5, 28), (6, 0)], otherwise: Some(24) });
        assert_eq!(all[3].next(), Next::Out);
        for end in 0..code.len() {
            instructions(&code[..end]);
        }
    }
}
