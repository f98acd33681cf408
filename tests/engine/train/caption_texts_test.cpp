#include "engine/train/caption_texts.h"

#include <gtest/gtest.h>

#include "engine/train/sentence_store.h"
#include "tests/engine/train/small_library.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

TEST(MirroredCaption, SwapsWholeWordsOnly) {
  EXPECT_EQ(mirroredCaption("Left foot, right hand; leftover bright"), "Right foot, left hand; leftover bright");
  EXPECT_EQ(mirroredCaption("turn clockwise"), "turn counterclockwise");
  EXPECT_EQ(mirroredCaption("a counter-clockwise spin"), "a clockwise spin");
  EXPECT_EQ(mirroredCaption("walk forward"), "walk forward");
  EXPECT_EQ(mirroredCaption(mirroredCaption("lean left-right")), "lean left-right");
}

TEST(CaptionTexts, EqualSentencesShareANumber) {
  CaptionTexts texts;
  int calls = 0;
  const SentenceEncoder encoder = [&](std::string_view s) {
    ++calls;
    return madeUpEmbedding(s);
  };
  auto a = texts.add("turn left", encoder), b = texts.add("turn left", encoder), c = texts.add("turn right", encoder);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(*a, *b);
  EXPECT_NE(*a, *c);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(texts.text(*a).sides, (std::vector<Side>{Side::None, Side::Left}));
  EXPECT_EQ(texts.text(*c).sides[1], Side::Right);
}

TEST(CaptionTexts, AFailureOfTheEncoderIsPassedOn) {
  CaptionTexts texts;
  const SentenceEncoder broken = [](std::string_view) -> Result<std::shared_ptr<const TextEmbedding>> {
    return Error{ErrorCode::EngineFailed, "no model"};
  };
  EXPECT_FALSE(texts.add("walk", broken));
  EXPECT_EQ(texts.count(), 0);
}

TEST(SentenceStore, KeepsWhatWasEmbeddedAndSurvivesDamage) {
  TemporaryFolder folder;
  const auto file = folder / "captions.safetensors";
  std::shared_ptr<const TextEmbedding> first;
  {
    SentenceStore store(file, madeUpEmbedding);
    first = *store.encode("walk to the left");
    ASSERT_TRUE(store.encode("jump"));
    ASSERT_TRUE(store.save());
  }
  int calls = 0;
  const SentenceEncoder counting = [&](std::string_view s) {
    ++calls;
    return madeUpEmbedding(s);
  };
  SentenceStore again(file, counting);
  auto back = again.encode("walk to the left");
  ASSERT_TRUE(back);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ((*back)->words, first->words);
  EXPECT_EQ((*back)->tokens, first->tokens);
  EXPECT_EQ((*back)->sentence, first->sentence);

  std::string bytes = bytesOf(file);
  putBytes(file, bytes.substr(0, bytes.size() / 2));
  SentenceStore damaged(file, counting);
  ASSERT_TRUE(damaged.encode("jump"));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace kinescore
