#include "engine/storage/inflate.h"

#include <gtest/gtest.h>

#include "engine/core/random.h"
#include "engine/storage/zip.h"
#include "tests/support/numpy_files.h"

namespace kinescore {
namespace {

// What the streams below hold; they were packed by zlib.
std::string plainText() {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "walk " + std::to_string(i) + " forward, turn " + std::to_string(i * i % 17) + " left; ";
  return text;
}
constexpr const char* kOwnCodes =
    "7d95490ac2401045afd20770d135f580a7096836068510c9f5d55dd3e05b86474dff5757ce657ba49cd6d77e2efbed92"
    "8ef7fefc7e6ff7f5b8a6f307658232429da08fd026d847e873da32d298681b6199a08eb0ce7963a46da636d28e5432a6"
    "16a1b64469223154439c94942013a4907f52d1fa86b19dea6aa69e55706045b5d4486975b449034dd6c298d74b1b76d6"
    "692acb288909e969fc108d7c34a71db0c0d882752bf6dc786054cb3329ed8236b9a2c96e8c79c13cb0b382535594c41b"
    "5e547c8f91c9c710da81508c35ac8bb72b827f03a85654523a1ada147f8ffd07";
constexpr const char* kFixedCodes =
    "2b4fccc956305048cb2f2a4f2c4ad15128292dca03f27352d34aac15ca419286689286c89246689226c892c6689296c8"
    "9226e8c69a21cb9aa2c95a204b9aa1491a214b9aa39b6b8a2c6b812e6b8c2c6b8957d6d000afd18686f89c656884cf47"
    "86c67843c3d0045f481a9ae28b0443337cf167688e37ea2df0eab5c467af91013e371b19e2f5b011ded03232c617d246"
    "2678a3c9c8146f241b99e197c69fbc8c2cf0bacc129faf8c0df00689b121bef034c69f118df1c5a3b109be34606c8a57"
    "af195e7bcdf1bad902bf87f186968901be903631c41b4d26467823d9c418bf34fe0466628ad76566787d658e37484c2c"
    "f096a878f3a3a901be783435c497064c8df0ea35c66b2fdeb2cbd4147f358037b44ccdf185b4a905de6832c559d80300";

std::string bytesFrom(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes.push_back(char(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::string storedBlock(const std::string& text) {
  return std::string(1, '\x01') + littleEndianBytes(text.size(), 2) + littleEndianBytes(0xffff ^ text.size(), 2) + text;
}

TEST(Inflate, UnpacksAllKindsOfBlocks) {
  const std::string text = plainText();
  for (const std::string& packed : {bytesFrom(kOwnCodes), bytesFrom(kFixedCodes), storedBlock(text)}) {
    const Result<std::string> unpacked = inflateDeflate(packed, text.size());
    ASSERT_TRUE(unpacked.ok());
    EXPECT_EQ(*unpacked, text);
  }
}

TEST(Inflate, RefusesAnotherLengthThanPromised) {
  const std::string text = plainText(), packed = bytesFrom(kOwnCodes);
  EXPECT_FALSE(inflateDeflate(packed, text.size() - 1).ok());
  EXPECT_FALSE(inflateDeflate(packed, text.size() + 1).ok());
  EXPECT_FALSE(inflateDeflate(packed, std::uint64_t(1) << 40).ok());
}

TEST(Inflate, NothingThatIsCutOffOrDamagedBreaksIt) {
  const std::string text = plainText(), packed = bytesFrom(kOwnCodes);
  for (std::size_t length = 0; length < packed.size(); ++length) EXPECT_FALSE(inflateDeflate(packed.substr(0, length), text.size()).ok());
  CounterRandom random(3);
  int unpacked = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = packed;
    for (int k = 0; k < 3; ++k) damaged[random.below(damaged.size())] = char(random.below(256));
    const Result<std::string> result = inflateDeflate(damaged, text.size());
    if (result) {
      EXPECT_EQ(result->size(), text.size());
      ++unpacked;
    }
  }
  EXPECT_LT(unpacked, 1500);
}

TEST(Zip, ComparesLengthChecksumAndLimit) {
  const std::string text = plainText();
  const std::string archive = npzBytes({{"a.txt", text, bytesFrom(kOwnCodes)}, {"b.txt", "stored"}});
  const auto entries = listZip(archive, "x.zip");
  ASSERT_TRUE(entries.ok()) << entries.error().message;
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(*unpackZip((*entries)[0], "x.zip", 1 << 20), text);
  EXPECT_EQ(*unpackZip((*entries)[1], "x.zip", 1 << 20), "stored");
  EXPECT_FALSE(unpackZip((*entries)[0], "x.zip", 10).ok());
  ZipEntry wrong = (*entries)[0];
  wrong.crc ^= 1;
  EXPECT_FALSE(unpackZip(wrong, "x.zip", 1 << 20).ok());
}

}  // namespace
}  // namespace kinescore
