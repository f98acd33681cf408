#include "engine/core/hash.h"

#include <gtest/gtest.h>

#include "engine/core/random.h"

namespace kinescore {
namespace {

// The examples of FIPS 180-4 and the long one of a million letters.
TEST(Sha256Test, GivesThePublishedDigests) {
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256Hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(sha256Hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, DoesNotDependOnThePieces) {
  CounterRandom random(1);
  std::string text(1000, '\0');
  for (char& c : text) c = char(random.below(256));
  for (int i = 0; i < 200; ++i) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t piece = std::min<std::size_t>(random.below(150), text.size() - at);
      hash.update(std::string_view(text).substr(at, piece));
      at += piece;
    }
    ASSERT_EQ(hash.finishHex(), sha256Hex(text));
  }
}

TEST(Fnv1aTest, GivesThePublishedValues) {
  static_assert(fnv1a("") == 0xcbf29ce484222325ull);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cull);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8ull);
}

}  // namespace
}  // namespace kinescore
