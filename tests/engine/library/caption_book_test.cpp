#include "engine/library/caption_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "engine/library/prompt_words.h"

namespace kinescore {
namespace {

using Prompts = std::vector<std::string>;

TEST(PromptWords, FormsOfAWordAreOne) {
  for (const auto& [forms, stem] : std::initializer_list<std::pair<Prompts, const char*>>{
           {{"walk", "walks", "walked", "walking"}, "walk"}, {{"run", "runs", "ran", "running"}, "run"}, {{"wave", "waves", "waving", "waved"}, "wav"},
           {{"pass", "passes", "passing"}, "pass"}, {{"carry", "carries", "carried", "carrying"}, "carry"}, {{"swing", "swings", "swung", "swinging"}, "swing"},
           {{"foot", "feet"}, "foot"}, {{"roll", "rolls", "rolling"}, "roll"}}) {
    for (const std::string& form : forms) EXPECT_EQ(stemOf(form), stem) << form;
  }
  EXPECT_EQ(inflectedLike("run", "moving"), "running");
  EXPECT_EQ(inflectedLike("raise", "moving"), "raising");
  EXPECT_EQ(inflectedLike("stretch", "goes"), "stretches");
  EXPECT_EQ(inflectedLike("wave", "does"), "waves");
  EXPECT_EQ(inflectedLike("walk", "go"), "walk");
}

const CaptionBook& book() {
  static const CaptionBook made({{"walk forward", true}, {"walk forward", true}, {"walk forward briskly", true}, {"Walk in a circle", true},
                                 {"turn around and walk away", true}, {"run forward", true}, {"a person walks forward with long steps", false},
                                 {"wave with the left hand", true}, {"", true}});
  return made;
}

TEST(CaptionBook, WhatBeginsAsTypedComesFirstThenFrequentAndShortOnes) {
  EXPECT_EQ(book().complete("walk"), (Prompts{"walk forward", "Walk in a circle", "walk forward briskly", "turn around and walk away",
                                              "a person walks forward with long steps"}));
  EXPECT_EQ(book().complete("walk f", 2), (Prompts{"walk forward", "walk forward briskly"}));
}

TEST(CaptionBook, WordsCountInAnyFormAndOrderTheLastAsABeginning) {
  EXPECT_EQ(book().complete("walks for").front(), "walk forward");
  EXPECT_EQ(book().complete("circle walking"), Prompts{"Walk in a circle"});
  EXPECT_EQ(book().complete("lef"), Prompts{"wave with the left hand"});
  EXPECT_EQ(book().complete("WAV"), Prompts{"wave with the left hand"});
}

TEST(CaptionBook, WhereNoCaptionHoldsAllTheWordsTheLastOnesAreCompleted) {
  EXPECT_EQ(book().complete("a wizard run f"), Prompts{"a wizard run forward"});
  EXPECT_EQ(book().complete("zorb"), Prompts{});
  EXPECT_EQ(book().complete("zorb w"), Prompts{});  // a letter alone says nothing
}

TEST(CaptionBook, WhatIsTypedInFullIsNotOfferedAgain) {
  EXPECT_EQ(book().complete("walk forward"), (Prompts{"walk forward briskly", "a person walks forward with long steps"}));
  EXPECT_EQ(book().complete("run forward"), Prompts{});
}

TEST(CaptionBook, NothingTypedOffersTheMostFrequent) { EXPECT_EQ(book().complete("", 1), Prompts{"walk forward"}); }

TEST(CaptionBook, LikenessIsTheShareOfTheNearestCaption) {
  EXPECT_DOUBLE_EQ(book().likenessOf("the person walks forward").covered, 1);
  const auto unknown = book().likenessOf("moonwalk forward");
  EXPECT_LT(unknown.covered, 0.4);
  EXPECT_EQ(unknown.unknown, Prompts{"moonwalk"});
  EXPECT_EQ(unknown.nearest.size(), 2u);
  EXPECT_DOUBLE_EQ(book().likenessOf("").covered, 1);
}

TEST(CaptionBook, HeldOutClipsAreNeverOffered) {
  Library library;
  for (const Split split : {Split::Train, Split::Val, Split::Test, Split::Unseen}) {
    LibraryClip clip;
    clip.split = split;
    clip.captions = {{{0, 30}, "walk", "walk like number " + std::to_string(int(split)), "", ""}};
    library.clips.push_back(clip);
  }
  EXPECT_EQ(CaptionBook::of(library).complete("walk"), Prompts{"walk like number 0"});

  const Library shipped = *loadLibrary(std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/library/motion.kslib");
  std::set<std::string> open;
  for (const LibraryClip& clip : shipped.clips) {
    for (const Caption& c : clip.captions) {
      if (clip.split == Split::Train) open.insert({c.textA, c.textB, c.textC});
    }
  }
  const CaptionBook all = CaptionBook::of(shipped);
  EXPECT_GT(all.size(), 3000u);
  for (const char* typed : {"", "w", "a person", "climb", "turn l", "dribble", "jump"}) {
    for (const std::string& line : all.complete(typed, 5000)) EXPECT_TRUE(open.count(line)) << line;
  }
}

}  // namespace
}  // namespace kinescore
