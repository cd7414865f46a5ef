//! Instructions (ECMA-335 § III.1.9 and after) one by one, and where control goes from each.

use super::bytes;
use crate::language::stack::machine::Next;

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction<'a> {
    /// Where it begins, from the method's first.
    pub(super) at: usize,
    /// Of two bytes, the second with 0xFE00 added.
    pub(super) opcode: u16,
    pub(super) operand: &'a [u8],
}

/// The most arms of a switch that are looked at.
const ARMS: usize = 4096;

/// The instructions of a method; they end early where they make no sense.
pub(super) fn instructions(code: &[u8]) -> Vec<Instruction<'_>> {
    let (mut at, mut all) = (0, Vec::new());
    while let Some(instruction) = one(code, at) {
        at = instruction.end();
        all.push(instruction);
    }
    all
}

fn one(code: &[u8], at: usize) -> Option<Instruction<'_>> {
    let first = u16::from(*code.get(at)?);
    let (opcode, head) = if first == 0xFE { (0xFE00 | u16::from(*code.get(at + 1)?), 2) } else { (first, 1) };
    let start = at + head;
    let length = match opcode {
        0x45 => bytes::offset(code, start)?.checked_mul(4)?.checked_add(4)?,
        0x0E..=0x13 | 0x1F | 0x2B..=0x37 | 0xDE | 0xFE12 | 0xFE19 => 1,
        0xFE09..=0xFE0E => 2,
        0x20 | 0x22 | 0x27..=0x29 | 0x38..=0x44 | 0x6F..=0x75 | 0x79 | 0x7B..=0x81 | 0x8C | 0x8D | 0x8F => 4,
        0xA3..=0xA5 | 0xC2 | 0xC6 | 0xD0 | 0xDD | 0xFE06 | 0xFE07 | 0xFE15 | 0xFE16 | 0xFE1C => 4,
        0x21 | 0x23 => 8,
        0x00..=0xE0 | 0xFE00..=0xFE1E => 0,
        _ => return None,
    };
    Some(Instruction { at, opcode, operand: code.get(start..start.checked_add(length)?)? })
}

impl Instruction<'_> {
    /// Where the next one begins.
    pub(super) fn end(&self) -> usize {
        self.at + if self.opcode > 0xFF { 2 } else { 1 } + self.operand.len()
    }

    /// The operand as a token, an index or a number.
    pub(super) fn number(&self) -> u32 {
        match *self.operand {
            [byte] => u32::from(byte),
            [a, b] => u32::from(u16::from_le_bytes([a, b])),
            _ => bytes::u32(self.operand, 0).unwrap_or_default(),
        }
    }

    fn there(&self, offset: i64) -> Option<usize> {
        usize::try_from(i64::try_from(self.end()).ok()? + offset).ok()
    }

    fn jump(&self) -> Option<usize> {
        match *self.operand {
            [byte] => self.there(i64::from(byte.cast_signed())),
            _ => self.there(i64::from(self.number().cast_signed())),
        }
    }

    /// Where control goes from here.
    pub(super) fn next(&self) -> Next {
        match self.opcode {
            0x2B | 0x38 | 0xDD | 0xDE => self.jump().map_or(Next::Out, Next::To),
            0x2C..=0x37 | 0x39..=0x44 => self.jump().map_or(Next::Out, Next::Either),
            0x45 => Next::Switch { arms: self.arms(), otherwise: None },
            // jmp, ret, throw, endfinally, endfilter, rethrow
            0x27 | 0x2A | 0x7A | 0xDC | 0xFE11 | 0xFE1A => Next::Out,
            _ => Next::On,
        }
    }

    fn arms(&self) -> Vec<(i32, usize)> {
        let offsets = self.operand.get(4..).unwrap_or_default().chunks_exact(4).take(ARMS);
        let there =
            offsets.map(|offset| self.there(i64::from(bytes::u32(offset, 0).unwrap_or_default().cast_signed())));
        (0..).zip(there).filter_map(|(number, there)| Some((number, there?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_and_switches_are_followed() {
        // ldc.i4.0; brtrue.s +1; nop; switch (+0, -16); ldtoken; ret
        let code = [
            0x16, 0x2D, 1, 0x00, 0x45, 2, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF, 0xFF, 0xFF, 0xD0, 1, 0, 0, 2, 0xFE, 0x04,
            0x2A,
        ];
        let all = instructions(&code);
        assert_eq!(all.iter().map(|one| one.at).collect::<Vec<_>>(), [0, 1, 3, 4, 17, 22, 24]);
        assert_eq!(all[1].next(), Next::Either(4));
        assert_eq!(all[3].next(), Next::Switch { arms: vec![(0, 17), (1, 1)], otherwise: None });
        assert_eq!((all[4].number(), all[5].opcode, all[6].next()), (0x0200_0001, 0xFE04, Next::Out));
        for end in 0..code.len() {
            instructions(&code[..end]);
        }
    }
}
