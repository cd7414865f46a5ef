#![allow(clippy::unwrap_used)]
use super::*;

/// `{"a": 2031-03-04 (date), "b": [true, 7, "x<y", <666f6f>]}` as a binary property list.
fn list() -> Vec<u8> {
    let date = [&[0x33][..], &(951_868_800.0_f64).to_be_bytes()].concat();
    let objects: [&[u8]; 9] = [
        &[0xD2, 1, 2, 3, 4],
        b"\x51a",
        b"\x51b",
        &date,
        &[0xA4, 5, 6, 7, 8],
        &[0x09],
        &[0x10, 7],
        b"\x53x<y",
        b"\x43foo",
    ];
    let mut bytes = b"bplist00".to_vec();
    let mut places = Vec::new();
    for object in objects {
        places.push(u8::try_from(bytes.len()).unwrap());
        bytes.extend(object);
    }
    let table = bytes.len() as u64;
    bytes.extend(places);
    bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    for word in [9, 0, table] {
        bytes.extend(word.to_be_bytes());
    }
    bytes
}

#[test]
fn a_binary_property_list_becomes_xml() {
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n<key>a</key>\n\
                    <date>2031-03-02T00:00:00Z</date>\n<key>b</key>\n<array>\n<true/>\n<integer>7</integer>\n\
                    <string>x&lt;y</string>\n<data>Zm9v</data>\n</array>\n</dict>\n</plist>\n";
    assert_eq!(unpacked(&list()).unwrap(), expected);
}

#[test]
fn a_list_that_holds_itself_ends() {
    let mut bytes = list();
    // The array's members become the array, and the dictionary.
    let array = bytes.iter().position(|byte| *byte == 0xA4).unwrap();
    bytes[array + 1..array + 5].copy_from_slice(&[4, 4, 0, 4]);
    assert_eq!(unpacked(&bytes), None);
}

/// `<pin-set expiration="2031-03-04">x</pin-set>` on line 3, its strings in UTF-8.
fn document() -> Vec<u8> {
    let chunk = |kind: u16, header: u16, rest: &[u8]| {
        let size = u32::try_from(rest.len() + 8).unwrap();
        [&kind.to_le_bytes()[..], &header.to_le_bytes(), &size.to_le_bytes(), rest].concat()
    };
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let strings = ["pin-set", "expiration", "2031-03-04", "x"];
    let (mut offsets, mut texts) = (Vec::new(), Vec::new());
    for text in strings {
        offsets.push(u32::try_from(texts.len()).unwrap());
        let length = u8::try_from(text.len()).unwrap();
        texts.extend([&[length, length][..], text.as_bytes(), &[0]].concat());
    }
    let pool = [words(&[4, 0, UTF8, 28 + 16, 0]), words(&offsets), texts].concat();
    let none = u32::MAX;
    let start =
        [words(&[3, none, none, 0]), vec![20, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0], words(&[none, 1, 2, 0x0300_0008, 2])];
    let body = [
        chunk(1, 28, &pool),
        chunk(0x0102, 16, &start.concat()),
        chunk(0x0104, 16, &words(&[3, none, 3, 0, 0])),
        chunk(0x0103, 16, &words(&[3, none, none, 0])),
    ];
    chunk(3, 8, &body.concat())
}

const UTF8: u32 = 1 << 8;

#[test]
fn binary_xml_becomes_text_on_its_lines() {
    assert_eq!(unpacked(&document()).unwrap(), "\n\n<pin-set expiration=\"2031-03-04\">x</pin-set>");
}

#[test]
fn damaged_documents_are_no_harm() {
    for whole in [list(), document()] {
        for at in 0..whole.len() {
            unpacked(&whole[..at]);
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                if let Some(text) = unpacked(&bytes) {
                    assert!(text.len() < 2 * MOST);
                }
            }
        }
    }
}
