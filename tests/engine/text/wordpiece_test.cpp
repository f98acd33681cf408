#include "engine/text/wordpiece.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/core/files.h"
#include "engine/storage/json.h"
#include "engine/text/text_encoder.h"
#include "engine/text/unicode.h"

namespace kinescore {
namespace {

const WordPiece* miniLmTokeniser() {
  static const std::optional<WordPiece> tokeniser = []() -> std::optional<WordPiece> {
    const auto folder = findTextModelFolder();
    if (!folder) return std::nullopt;
    auto loaded = WordPiece::load(*folder / "vocab.txt");
    return loaded ? std::optional<WordPiece>(std::move(*loaded)) : std::nullopt;
  }();
  return tokeniser ? &*tokeniser : nullptr;
}

nlohmann::json goldens() {
  // The variable lets a developer compare a larger set made by another tokeniser.
  const char* other = std::getenv("KINESCORE_WORDPIECE_GOLDENS");
  const std::string path = other ? other : KINESCORE_TEST_DATA_DIR "/minilm/sentences.json";
  return parseJson(*readFile(path), "goldens").value();
}

void expectIds(const char* group) {
  if (!miniLmTokeniser()) GTEST_SKIP() << "MiniLM is not installed";
  for (const auto& entry : goldens().at(group)) {
    const auto text = entry.at("text").get<std::string>();
    EXPECT_EQ(miniLmTokeniser()->tokenise(text).ids, entry.at("ids").get<std::vector<int>>())
        << "in “" << text << "”";
  }
}

TEST(WordPiece, GivesTheReferenceIdsOfTheTwelveSentences) { expectIds("sentences"); }

TEST(WordPiece, GivesTheReferenceIdsOfAwkwardTexts) { expectIds("awkward"); }

TEST(WordPiece, NamesThePieceOfEachId) {
  if (!miniLmTokeniser()) GTEST_SKIP() << "MiniLM is not installed";
  EXPECT_EQ(miniLmTokeniser()->tokenise("A beginner's squats.").words,
            (std::vector<std::string>{"[CLS]", "a", "begin", "##ner", "'", "s", "squat", "##s", ".", "[SEP]"}));
}

TEST(WordPiece, CutsAtTheLongestTextTheModelKnows) {
  if (!miniLmTokeniser()) GTEST_SKIP() << "MiniLM is not installed";
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "walk squats ";
  const TokenisedText cut = miniLmTokeniser()->tokenise(text);
  EXPECT_EQ(int(cut.ids.size()), kMaxTextPieces);
  EXPECT_EQ(cut.words.front(), "[CLS]");
  EXPECT_EQ(cut.words.back(), "[SEP]");
}

TEST(WordPiece, FindsTheLongestPieceFromTheLeft) {
  const auto tokeniser = WordPiece::read("[CLS]\n[SEP]\n[UNK]\nun\nunder\n##stand\n##st\n##and\n##ing\n");
  ASSERT_TRUE(tokeniser);
  EXPECT_EQ(tokeniser->tokenise("understanding").ids, (std::vector<int>{0, 4, 5, 8, 1}));
  EXPECT_EQ(tokeniser->tokenise("unstand understood").ids, (std::vector<int>{0, 3, 5, 2, 1}));
}

TEST(WordPiece, RefusesAVocabularyWithoutTheSpecialPieces) {
  const auto tokeniser = WordPiece::read("walk\nrun\n");
  ASSERT_FALSE(tokeniser);
  EXPECT_EQ(tokeniser.error().code, ErrorCode::BadInput);
}

TEST(Unicode, DamagedUtf8BecomesReplacementCharacters) {
  const char32_t bad = 0xFFFD;
  EXPECT_EQ(decodeUtf8("a\xff" "b"), (std::vector<char32_t>{'a', bad, 'b'}));
  EXPECT_EQ(decodeUtf8("\xc3"), (std::vector<char32_t>{bad}));                  // cut short
  EXPECT_EQ(decodeUtf8("\xe4\xb8z"), (std::vector<char32_t>{bad, 'z'}));
  EXPECT_EQ(decodeUtf8("\xc0\xaf")[0], bad);                                    // overlong
  EXPECT_EQ(decodeUtf8("\xed\xa0\x80")[0], bad);                                // surrogate
  EXPECT_EQ(decodeUtf8("\xf4\x90\x80\x80")[0], bad);                            // too large
  EXPECT_EQ(decodeUtf8("\xf0\x9f\x91\x8b"), (std::vector<char32_t>{0x1F44B}));
}

TEST(Unicode, EncodesWhatItDecodes) {
  for (char32_t c : {char32_t('a'), char32_t(0xE9), char32_t(0x4E2D), char32_t(0x1F44B), char32_t(0x10FFFF)}) {
    std::string text;
    appendUtf8(c, text);
    EXPECT_EQ(decodeUtf8(text), std::vector<char32_t>{c});
  }
}

TEST(Unicode, TakesLettersApartAndMakesThemSmall) {
  EXPECT_EQ(withoutAccents(U'É'), U'E');
  EXPECT_EQ(withoutAccents(U'ệ'), U'e');
  EXPECT_EQ(withoutAccents(U'x'), U'x');
  EXPECT_EQ(toLower(U'Ω'), U'ω');
  EXPECT_EQ(toLower(U'Ä'), U'ä');
  EXPECT_EQ(toLower(U'Đ'), U'đ');
  EXPECT_EQ(toLower(U'đ'), U'đ');
  EXPECT_TRUE(isMark(0x301));
  EXPECT_TRUE(isPunctuation(U'—') && isPunctuation('$') && !isPunctuation('a'));
}

}  // namespace
}  // namespace kinescore
