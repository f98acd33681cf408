#include "engine/text/sentence_piece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/core/random.h"
#include "engine/text/t5_prompts.h"

namespace kinescore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kModel = KINESCORE_TEST_DATA_DIR "/t5/spiece.model";

/// The model that tests/data/t5/make_reference.py writes; its pieces and scores are listed there.
class SentencePieceTest : public testing::Test {
 protected:
  std::vector<int> ids(std::string_view text) const {
    std::vector<int> list;
    for (const SentencePiece::Token& token : model_.tokenise(text)) list.push_back(token.id);
    return list;
  }
  SentencePiece model_ = SentencePiece::load(kModel).value();
};

TEST_F(SentencePieceTest, TheCutWithTheHighestSumWins) {
  // ▁walk + ing = -2 - 2, ▁w + alking = -1 - 3.5
  EXPECT_THAT(ids("walking"), ElementsAre(4, 5));
  // ▁a + b = -5 - 4.5, ▁ + ab = -3 - 8.5
  EXPECT_THAT(ids("ab"), ElementsAre(14, 9));
  // fi + ab = -6 - 8.5 and fi + a + b the same: the longer last piece begins earlier
  EXPECT_THAT(ids("ﬁab"), ElementsAre(3, 15, 13));
}

TEST_F(SentencePieceTest, SpacesAreGatheredAndMarked) {
  EXPECT_EQ(model_.normalise("  walk \t turns.\u00a0"), "▁walk▁turns.");
  EXPECT_THAT(ids("  walk \t turns. "), ElementsAre(4, 18, 19, 20));
  for (const char* nothing : {"", "   ", "\t", "\u200b"}) EXPECT_THAT(ids(nothing), IsEmpty()) << nothing;
}

TEST_F(SentencePieceTest, TheLongestReplacementCounts) {
  EXPECT_EQ(model_.normalise("Ａ A AB"), "▁a▁a▁b");
  EXPECT_EQ(model_.normalise("e\u0301\u200be"), "▁ée");
}

TEST_F(SentencePieceTest, UnknownNeighboursAreOnePiece) {
  EXPECT_THAT(
      model_.tokenise("walk zzz qa"),
      ElementsAre(SentencePiece::Token{4, "▁walk"}, SentencePiece::Token{3, "▁"}, SentencePiece::Token{2, "zzz"},
                  SentencePiece::Token{3, "▁"}, SentencePiece::Token{2, "q"}, SentencePiece::Token{8, "a"}));
  EXPECT_THAT(ids("walk </s>"), ElementsAre(4, 3, 2, 19, 2)) << "a mark is no text";
}

TEST_F(SentencePieceTest, BytesThatAreNoTextBecomeOneUnknown) {
  EXPECT_EQ(model_.normalise("a\xc3\xff z"), "▁a\ufffd\ufffd▁z");
  EXPECT_THAT(ids("a\xc3\xff"), ElementsAre(14, 2));
}

TEST_F(SentencePieceTest, PromptsAreCutToFiftyRows) {
  std::string longest;
  for (int i = 0; i < 60; ++i) longest += "walk ";
  const std::vector<int> cut = t5Ids(model_, longest);
  EXPECT_EQ(cut.size(), 50u);
  EXPECT_EQ(cut[48], 4);
  EXPECT_EQ(cut[49], 1);
  EXPECT_THAT(t5Ids(model_, "walking"), ElementsAre(4, 5, 1));
  EXPECT_THAT(t5Ids(model_, " "), IsEmpty());
}

TEST_F(SentencePieceTest, WrongModelsAreNamed) {
  const auto refused = [](const std::string& bytes, const std::string& part) {
    const auto model = SentencePiece::read(bytes);
    ASSERT_FALSE(model) << part;
    EXPECT_THAT(model.error().message, HasSubstr(part));
  };
  const std::string unknown("\x0a\x09\x0a\x05<unk>\x18\x02", 11);
  ASSERT_TRUE(SentencePiece::read(unknown));
  refused("", "no piece for what is unknown");
  refused(unknown + unknown, "two pieces");
  refused(unknown + std::string("\x12\x02\x18\x02", 4), "unigram");
  refused(unknown + std::string("\x0a\x03\x0a\x01x\x0a\x03\x0a\x01x", 10), "there twice");
  refused(unknown + std::string("\x0a\x00", 2), "piece 1 cannot be read");
  refused(unknown + std::string("\x0a\x05\x15\x00\x00\xc0\x7f", 7), "piece 1 cannot be read");
  refused(unknown + std::string("\x0a\x05\x0a\x01x\x18\x09", 7), "piece 1 cannot be read");
  refused(unknown + std::string("\x1a\x06\x12\x04\xff\xff\xff\xff", 8), "table of replacements");
  refused(unknown + "\x0a", "ends too early");
  refused(unknown + std::string("\x0b\x0c", 2), "ends too early");
  refused(std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11), "ends too early");
}

TEST_F(SentencePieceTest, CutAndDamagedItIsAnswered) {
  const std::string whole = readFile(kModel).value();
  const std::string text = "walking Ａ ﬁ e\u0301 AB zz.";
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) (void)SentencePiece::read(whole.substr(0, cut));
  CounterRandom random(6);
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = whole;
    for (std::uint64_t k = 0; k <= random.below(6); ++k) bytes[random.below(bytes.size())] = char(random.below(256));
    if (const auto model = SentencePiece::read(bytes)) {
      for (const SentencePiece::Token& token : model->tokenise(text)) ASSERT_LT(token.id, model->size());
    }
  }
}

}  // namespace
}  // namespace kinescore
