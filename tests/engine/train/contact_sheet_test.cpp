#include "engine/train/contact_sheet.h"

#include <gtest/gtest.h>

#include "engine/train/loss_record.h"
#include "tests/engine/network/small_model.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

std::uint32_t bigEndian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::uint8_t(bytes[at + i]);
  return value;
}

// Walks the chunks and the stored blocks of a PNG as a reader does.
std::string rawRows(const std::string& png) {
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  std::string raw;
  bool ended = false;
  for (std::size_t at = 8; at < png.size();) {
    const std::uint32_t length = bigEndian(png, at);
    const std::string type = png.substr(at + 4, 4), data = png.substr(at + 8, length);
    if (type == "IDAT") {
      for (std::size_t block = 2; block + 4 < data.size();) {
        const auto word = [&](std::size_t i) { return std::uint8_t(data[i]) | std::uint8_t(data[i + 1]) << 8; };
        const int count = word(block + 1);
        EXPECT_EQ(count ^ 0xffff, word(block + 3));
        raw += data.substr(block + 5, count);
        const bool last = data[block] & 1;
        block += 5 + count;
        if (last) break;
      }
    }
    ended = type == "IEND";
    at += 12 + length;
  }
  EXPECT_TRUE(ended);
  return raw;
}

TEST(Png, RowsComeBack) {
  Picture picture(300, 100, 7);  // more than one stored block
  picture.line(10, 20, 40, 20, 1, 2, 3);
  const std::string png = pngFromPicture(picture), raw = rawRows(png);
  EXPECT_EQ(bigEndian(png, 16), 300u);
  EXPECT_EQ(bigEndian(png, 20), 100u);
  ASSERT_EQ(raw.size(), 100u * (1 + 900));
  for (int y = 0; y < 100; ++y) {
    ASSERT_EQ(raw[y * 901], 0);
    ASSERT_EQ(raw.compare(y * 901 + 1, 900, reinterpret_cast<const char*>(picture.pixels.data()) + y * 900, 900), 0);
  }
  EXPECT_EQ(picture.pixels[(20 * 300 + 25) * 3 + 2], 3);
  EXPECT_EQ(bigEndian(png, png.size() - 4), 0xae426082u);  // the check sum every PNG ends with
}

TEST(Picture, LinesAreClippedAtTheBorder) {
  Picture picture(20, 20, 0);
  picture.line(-50, -50, 70, 70, 255, 255, 255);
  EXPECT_EQ(picture.pixels[(10 * 20 + 10) * 3], 255);
}

TEST(ContactSheet, HasARowAMotionAndFiguresInEveryCell) {
  const Picture sheet = contactSheet({smallWalk(60, 1), smallWalk(60, 2)}, 4);
  const Picture one = contactSheet({smallWalk(60, 1)}, 4);
  EXPECT_EQ(sheet.height, 2 * one.height);
  for (int cell = 0; cell < 4; ++cell) {
    int dark = 0;
    for (int y = 0; y < one.height; ++y) {
      for (int x = cell * sheet.width / 4; x < (cell + 1) * sheet.width / 4; ++x) {
        dark += sheet.pixels[(std::size_t(y) * sheet.width + x) * 3 + 1] < 100;
      }
    }
    EXPECT_GT(dark, 200) << cell;
  }
}

TEST(LossRecord, GoesOnWhereTheFileEnds) {
  TemporaryFolder folder;
  {
    LossRecord record(folder / "losses.csv");
    record.add(25, 1.5, 0.75);
    record.addValidation(25, 0.5);
    ASSERT_TRUE(record.save());
  }
  LossRecord record(folder / "losses.csv");
  record.add(50, 1.25, 0.5);
  ASSERT_TRUE(record.save());
  EXPECT_EQ(bytesOf(folder / "losses.csv"), "step,loss,x0_loss,validation\n25,1.5,0.75,0\n25,0,0,0.5\n50,1.25,0.5,0\n");
  const Picture picture = record.picture();
  EXPECT_NE(std::count(picture.pixels.begin(), picture.pixels.end(), 250), std::int64_t(picture.pixels.size()));
}

}  // namespace
}  // namespace kinescore
