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
    /// LZ4 frames, also those of old, which kernels are packed in.
    Lz4,
    /// A block of LZ4 without a frame: never a file of its own.
    Lz4Block,
    /// LZMA alone: what xz came after.
    Lzma,
}

/// The most that xz may hold, in bytes: `xz -9` has a dictionary of 64 MB.
const XZ: u64 = 68 << 20;
/// The window of zstd, in bytes; its decoder holds twice as much. `zstd -19` has one of 8 MB.
const ZSTD: u64 = 40 << 20;

/// The most that a block without a frame holds, in bytes: that of a file in Squashfs.
const BLOCK: u64 = 1 << 20;
/// Blocks of LZ4 are of 8 MB at most; its decoder holds two, and one that is packed.
const LZ4: u64 = 24 << 20;

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
        Stream::Lzma => {
            let window = budget.window(XZ);
            let kilobytes = u32::try_from(window.bytes() >> 10).unwrap_or(u32::MAX);
            let reader = lzma_rust2::LzmaReader::new_mem_limit(BufReader::new(source), kilobytes, None)?;
            Box::new(Held { reader, _window: window })
        }
        Stream::Lz4Block => {
            let mut packed = Vec::new();
            source.take(BLOCK).read_to_end(&mut packed)?;
            let plain = lz4_flex::block::decompress(&packed, BLOCK as usize).map_err(io::Error::other)?;
            Box::new(io::Cursor::new(plain))
        }
        Stream::Lz4 => {
            let window = budget.window(LZ4);
            if window.bytes() < LZ4 {
                return Err(io::Error::other("too many archives within each other"));
            }
            Box::new(Held { reader: Blocks::new(source), _window: window })
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

/// The frames of an LZ4 file, one after the other.
struct Blocks<R: Read> {
    decoder: Option<lz4_flex::frame::FrameDecoder<BufReader<R>>>,
}

impl<R: Read> Blocks<R> {
    fn new(source: R) -> Self {
        Self { decoder: Some(lz4_flex::frame::FrameDecoder::new(BufReader::new(source))) }
    }
}

impl<R: Read> Read for Blocks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = self.decoder.as_mut().filter(|_| !buffer.is_empty()) {
            let count = decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let mut source = self.decoder.take().map(lz4_flex::frame::FrameDecoder::into_inner);
            let more = source.as_mut().map_or(Ok(false), |source| source.fill_buf().map(|rest| !rest.is_empty()))?;
            self.decoder = source.filter(|_| more).map(lz4_flex::frame::FrameDecoder::new);
        }
        Ok(0)
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
