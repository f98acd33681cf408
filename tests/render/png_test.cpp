#include "render/png.h"

#include <cstdlib>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/support/temporary_folder.h"

namespace kinescore::render {
namespace {

Image noisyImage(int width, int height, bool opaque) {
  Image image(width, height);
  std::mt19937 random(4);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int flat = (x / 16 + y / 16) * 9;
      for (int c = 0; c < 3; ++c) image.at(x, y)[c] = std::uint8_t(flat + c * 40 + int(random() % 3));
      image.at(x, y)[3] = opaque ? 255 : std::uint8_t(x);
    }
  }
  return image;
}

std::uint32_t bigEndian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::uint8_t(bytes[at + i]);
  return value;
}

/// Reads the picture back with a decoder that is not ours.
Result<std::string> decodedByPython(const std::string& png, const TemporaryFolder& folder) {
  const auto in = folder.path() / "picture.png";
  const auto out = folder.path() / "picture.raw";
  const auto script = folder.path() / "decode.py";
  if (Status saved = saveFileSafely(in, png); !saved) return saved.error();
  std::ofstream(script) << R"(
import struct, sys, zlib
data = open(sys.argv[1], 'rb').read()
assert data[:8] == b'\x89PNG\r\n\x1a\n'
at, idat = 8, b''
while at < len(data):
    size, kind = struct.unpack('>I4s', data[at:at + 8])
    body = data[at + 8:at + 8 + size]
    assert struct.unpack('>I', data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
    if kind == b'IHDR': width, height, depth, colour = struct.unpack('>IIBB', body[:10])
    if kind == b'IDAT': idat += body
    at += 12 + size
channels = {2: 3, 6: 4}[colour]
raw = zlib.decompress(idat)
stride = width * channels
rows, before, place = [], bytearray(stride), 0
for y in range(height):
    assert raw[place] == 4
    row = bytearray(raw[place + 1:place + 1 + stride]); place += 1 + stride
    for i in range(stride):
        a = row[i - channels] if i >= channels else 0
        b = before[i]
        c = before[i - channels] if i >= channels else 0
        p = a + b - c
        guess = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        row[i] = (row[i] + guess) & 255
    rows.append(bytes(row)); before = row
open(sys.argv[2], 'wb').write(b''.join(rows))
)";
  const std::string command = "python3 '" + script.string() + "' '" + in.string() + "' '" + out.string() + "'";
  if (std::system(command.c_str()) != 0) {
    return Error{ErrorCode::BadInput, "the decoder refused the picture"};
  }
  return readFile(out);
}

TEST(Png, HeaderSaysSizeAndKind) {
  const std::string png = pngBytes(noisyImage(33, 17, true));
  EXPECT_EQ(bigEndian(png, 16), 33u);
  EXPECT_EQ(bigEndian(png, 20), 17u);
  EXPECT_EQ(png[25], 2);
  EXPECT_EQ(pngBytes(noisyImage(33, 17, false))[25], 6);
}

TEST(Png, AnotherDecoderReadsTheSamePixels) {
  if (std::system("python3 -c 'import zlib' > /dev/null 2>&1") != 0) GTEST_SKIP() << "no python3 here";
  const TemporaryFolder folder;
  for (const bool opaque : {true, false}) {
    const Image image = noisyImage(150, 90, opaque);
    const auto raw = decodedByPython(pngBytes(image), folder);
    ASSERT_TRUE(raw) << raw.error().message;
    const int channels = opaque ? 3 : 4;
    ASSERT_EQ(raw->size(), std::size_t(150 * 90 * channels));
    for (int y = 0; y < 90; ++y) {
      for (int x = 0; x < 150; ++x) {
        for (int c = 0; c < channels; ++c) {
          ASSERT_EQ(std::uint8_t((*raw)[std::size_t((y * 150 + x) * channels + c)]), image.at(x, y)[c]);
        }
      }
    }
  }
}

TEST(Png, FlatAreasPackWell) {
  Image image(512, 512);
  for (std::size_t i = 0; i < image.rgba.size(); ++i) image.rgba[i] = i % 4 == 3 ? 255 : 40;
  EXPECT_LT(pngBytes(image).size(), image.rgba.size() / 40);
}

}  // namespace
}  // namespace kinescore::render
