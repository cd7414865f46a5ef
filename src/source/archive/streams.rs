//! Decoders of one compressed stream, each held to a window of memory.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::limits::{Budget, Window};

/// A way to compress one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// RFC 1952.
    Gzip,
    /// RFC 1950: never a file of its own.
    Zlib,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// RFC 8878.
    Zstd,
}

/// The most that xz may hold, in bytes: `xz -9` has a dictionary of 64 MB.
const XZ: u64 = 68 << 20;
/// The window of zstd, in bytes; its decoder holds twice as much. `zstd -19` has one of 8 MB.
const ZSTD: u64 = 40 << 20;

/// The plain bytes of `source`, all streams in it one after the other.
pub(super) fn decoder<'a>(
    kind: Stream,
    source: &'a mut dyn Read,
    budget: &'a Budget<'_>,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match kind {
        Stream::Gzip => Box::new(flate2::read::MultiGzDecoder::new(source)),
        Stream::Zlib => Box::new(flate2::read::ZlibDecoder::new(source)),
        Stream::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(source)),
        Stream::Xz => {
            let window = budget.window(XZ);
            let kilobytes = u32::try_from(window.bytes() >> 10).unwrap_or(u32::MAX);
            let reader = lzma_rust2::XzReader::new_mem_limit(BufReader::new(source), true, kilobytes);
            Box::new(Held { reader, _window: window })
        }
        Stream::Zstd => {
            let window = budget.window(ZSTD * 2);
            Box::new(Held { reader: Frames::new(source, window.bytes() / 2), _window: window })
        }
    })
}

/// A decoder that keeps the memory set aside for it.
pub(super) fn held<'a>(reader: impl Read + 'a, window: Window<'a, 'a>) -> Box<dyn Read + 'a> {
    Box::new(Held { reader, _window: window })
}

/// A decoder and the memory that is set aside for it.
struct Held<'b, 'l, R> {
    reader: R,
    _window: Window<'b, 'l>,
}

impl<R: Read> Read for Held<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// The frames of a zstd file, one after the other; skippable ones are skipped (RFC 8878 § 3.1.2).
struct Frames<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: Read> Frames<R> {
    fn new(source: R, window: u64) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(window);
        Self { source: BufReader::new(source), decoder, in_frame: false }
    }

    /// Begins the next frame; `false` if there is none.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut (&mut self.source).take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame && !self.begin()? {
                return Ok(0);
            }
            self.in_frame = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let blocks = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
                blocks.map_err(io::Error::other)?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            self.in_frame = false;
        }
    }
}
