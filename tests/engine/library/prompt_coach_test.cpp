#include "engine/library/prompt_coach.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace kinescore {
namespace {

const CaptionBook& smallBook() {
  static const CaptionBook book({{"walk forward", true}, {"run forward", true}, {"climb up a ladder", true}, {"jump up high", true}, {"crawl forward", true},
                                 {"raise the left arm", true}, {"swing both arms", true}, {"wave with the right hand", true},
                                 {"turn around to the left", true}, {"stretch the arms", true}, {"stand still", true}, {"walk with small steps", true}});
  return book;
}

std::vector<PromptHint> coach(std::string_view words, double seconds = 3, BodyPart part = BodyPart::Whole) {
  return coachPrompt(words, part, {.captions = &smallBook(), .seconds = seconds});
}
std::set<std::string> kinds(const std::vector<PromptHint>& hints) {
  std::set<std::string> names;
  for (const PromptHint& hint : hints) names.insert(nameOf(hint.kind));
  return names;
}
std::vector<std::string> firstSuggestions(const std::vector<PromptHint>& hints) {
  std::vector<std::string> prompts;
  if (!hints.empty()) {
    for (const PromptSuggestion& one : hints.front().suggestions) prompts.push_back(one.prompt);
  }
  return prompts;
}
using Names = std::set<std::string>;
using Prompts = std::vector<std::string>;

TEST(PromptCoach, AVagueVerbGetsConcreteOnesOfTheLibraryInTheSameForm) {
  EXPECT_EQ(kinds(coach("moves forward")), Names{"vague"});
  EXPECT_EQ(firstSuggestions(coach("moves forward")), (Prompts{"walks forward", "runs forward", "jumps forward"}));
  EXPECT_EQ(firstSuggestions(coach("moving forward")), (Prompts{"walking forward", "running forward", "jumping forward"}));
  EXPECT_EQ(firstSuggestions(coach("goes up the ladder")), Prompts{"climbs up the ladder"});
  EXPECT_EQ(firstSuggestions(coach("does something")).front(), "walks");
  EXPECT_EQ(firstSuggestions(coach("a person performs a motion")).front(), "a person walks");
  EXPECT_TRUE(coach("moves forward with small steps").empty());  // it says what is done
}

TEST(PromptCoach, AMissingSideIsAskedForUnlessThePartSaysIt) {
  EXPECT_EQ(kinds(coach("raises an arm")), Names{"missing side"});
  EXPECT_EQ(firstSuggestions(coach("raises an arm")), (Prompts{"raises the left arm", "raises the right arm"}));
  EXPECT_EQ(firstSuggestions(coach("raises her arm")), (Prompts{"raises her left arm", "raises her right arm"}));
  EXPECT_EQ(firstSuggestions(coach("raise arm")), (Prompts{"raise the left arm", "raise the right arm"}));
  EXPECT_TRUE(coach("raises an arm", 3, BodyPart::RightArm).empty());
  EXPECT_TRUE(coach("raises both arms").empty());
  EXPECT_TRUE(coach("raises the left arm").empty());
}

TEST(PromptCoach, ATurnWithoutADirectionGetsOne) {
  EXPECT_EQ(kinds(coach("turns")), Names{"missing direction"});
  EXPECT_EQ(firstSuggestions(coach("walks forward, turns slowly")),
            (Prompts{"walks forward, turns to the left slowly", "walks forward, turns to the right slowly", "walks forward, turns around slowly"}));
  EXPECT_TRUE(coach("turns around").empty());
  EXPECT_TRUE(coach("turns to the left").empty());
}

TEST(PromptCoach, OneActionAfterAnotherIsSplit) {
  const auto hints = coach("walks forward and then jumps up high");
  ASSERT_EQ(kinds(hints), Names{"several actions"});
  EXPECT_EQ(hints.front().suggestions, (std::vector<PromptSuggestion>{{"Split in two", "walks forward", "jumps up high", std::nullopt}}));
  EXPECT_EQ(coach("walks forward, then jumps").front().suggestions.front().second, "jumps");
  EXPECT_EQ(coach("walks forward. Jumps up").front().suggestions.front().second, "Jumps up");
  EXPECT_TRUE(coach("walks forward and turns around").empty());  // one thing, said in two words
  EXPECT_TRUE(coach("jumps up high, arms up").empty());
}

TEST(PromptCoach, TheOtherArmThanThatOfTheClipIsNoticed) {
  const auto hints = coach("wave with the right hand", 3, BodyPart::LeftArm);
  ASSERT_EQ(kinds(hints), Names{"other part"});
  EXPECT_EQ(hints.front().suggestions.at(0).part, BodyPart::RightArm);
  EXPECT_EQ(hints.front().suggestions.at(0).prompt, "wave with the right hand");
  EXPECT_EQ(hints.front().suggestions.at(1).prompt, "wave with the left hand");
  EXPECT_TRUE(coach("wave with the right hand", 3, BodyPart::RightArm).empty());
  const auto legs = coach("walk forward", 3, BodyPart::RightArm);
  ASSERT_EQ(kinds(legs), Names{"other part"});
  EXPECT_EQ(legs.front().suggestions.at(0).part, BodyPart::Whole);
  EXPECT_TRUE(coach("walk forward", 3, BodyPart::Legs).empty());
}

TEST(PromptCoach, WhatNoCaptionSaysIsToldByItsWord) {
  const auto hints = coach("moonwalks gracefully");
  ASSERT_EQ(kinds(hints), Names{"nothing alike"});
  EXPECT_EQ(kinds(coach("zorbs")), Names{"nothing alike"});
  EXPECT_NE(coach("zorbs").front().sentence.find("“zorbs”"), std::string::npos);
  EXPECT_TRUE(coachPrompt("zorbs", BodyPart::Whole).empty());  // nothing is known of any library
}

TEST(PromptCoach, ByMeaningANearCaptionIsEnoughAndAFarOneIsOffered) {
  PromptContext context{.captions = &smallBook()};
  double cosine = 0.8;
  context.nearestByMeaning = [&](std::string_view) { return std::vector<PromptContext::Meaning>{{"walk forward", cosine}}; };
  EXPECT_TRUE(coachPrompt("ambles", BodyPart::Whole, context).empty());
  cosine = 0.1;
  const auto hints = coachPrompt("ambles", BodyPart::Whole, context);
  ASSERT_EQ(kinds(hints), Names{"nothing alike"});
  EXPECT_EQ(firstSuggestions(hints), Prompts{"walk forward"});
}

TEST(PromptCoach, TimeAndActionsMustGoTogether) {
  EXPECT_EQ(kinds(coach("run forward, jump up high and wave with the right hand", 1)), Names{"too many actions"});
  EXPECT_TRUE(coach("run forward, jump up high and wave with the right hand", 4).empty());
  const auto hints = coach("jumps up high", 12);
  ASSERT_EQ(kinds(hints), Names{"too long"});
  EXPECT_EQ(hints.front().suggestions.at(0), (PromptSuggestion{"Then stand still", "jumps up high", "stands still", std::nullopt}));
  EXPECT_EQ(hints.front().suggestions.at(1).prompt, "jumps up high several times");
  EXPECT_TRUE(coach("walks forward", 60).empty());
  EXPECT_TRUE(coach("jumps up high", 3).empty());
}

TEST(PromptCoach, APaceIsAskedForOnlyOfBareWords) {
  EXPECT_EQ(kinds(coach("walks")), Names{"pace"});
  EXPECT_EQ(kinds(coach("a person runs")), Names{"pace"});
  EXPECT_TRUE(coach("walk forward").empty());
}

TEST(PromptCoach, NothingIsSaidOfNothing) {
  EXPECT_TRUE(coach("").empty());
  EXPECT_TRUE(coach("  … ").empty());
}

TEST(PromptCoach, EverySuggestionIsAnotherPromptAndThereAreAtMostThree) {
  for (const char* words : {"moves", "does", "turns", "raises an arm", "walks", "jump", "foo bar baz", "goes left then turns", "something", "act"}) {
    for (const PromptHint& hint : coach(words, 9)) {
      EXPECT_LE(hint.suggestions.size(), 3u) << words;
      for (const PromptSuggestion& one : hint.suggestions) {
        EXPECT_FALSE(one.prompt.empty()) << words;
        EXPECT_FALSE(one.label.empty()) << words;
        EXPECT_TRUE(one.prompt != words || !one.second.empty() || one.part) << words << ": " << one.prompt;
      }
    }
  }
}

// ---- what ships -------------------------------------------------------------------------------

const Library& shippedLibrary() {
  static const Library library = *loadLibrary(std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/library/motion.kslib");
  return library;
}

std::vector<std::string> promptsOf(const char* file) {
  std::ifstream in(std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/eval" / file);
  std::stringstream text;
  text << in.rdbuf();
  return nlohmann::json::parse(text.str())["prompts"].get<std::vector<std::string>>();
}

// A caption is not looked up in a book that holds it: half of the clips is judged by the other half.
TEST(PromptCoach, CaptionsOfTheShippedLibraryAreSeldomHinted) {
  std::vector<CaptionBook::Line> lines[2];
  std::vector<std::pair<std::string, double>> captions[2];
  int place = 0;
  for (const LibraryClip& clip : shippedLibrary().clips) {
    if (clip.split != Split::Train) continue;
    const int half = place++ % 2;
    for (const Caption& caption : clip.captions) {
      const double seconds = double(caption.frames.length()) / 30;
      for (const std::string* text : {&caption.textA, &caption.textB, &caption.textC}) {
        if (text->empty()) continue;
        lines[half].push_back({*text, text == &caption.textA});
        captions[half].emplace_back(*text, text == &caption.textA ? seconds : -seconds);
      }
    }
  }
  std::map<std::string, int> ofShort, ofAll;
  int shorts = 0, all = 0;
  std::map<std::string, std::vector<std::string>> examples;
  for (int half = 0; half < 2; ++half) {
    const CaptionBook book(lines[1 - half]);
    for (const auto& [words, seconds] : captions[half]) {
      const bool isShort = seconds > 0;
      ++all;
      shorts += isShort;
      for (const PromptHint& hint : coachPrompt(words, BodyPart::Whole, {.captions = &book, .seconds = std::abs(seconds)})) {
        ++ofAll[nameOf(hint.kind)];
        ofShort[nameOf(hint.kind)] += isShort;
        if (isShort) examples[nameOf(hint.kind)].push_back(words);
      }
    }
  }
  for (const auto& [name, count] : ofAll) {
    std::cout << name << ": " << ofShort[name] << " of " << shorts << " short wordings, " << count << " of " << all << "\n";
    if (std::getenv("KINESCORE_EXAMPLES")) {
      for (const std::string& words : examples[name]) std::cout << "    " << words << "\n";
    }
  }
  const auto share = [&](const char* name) { return double(ofShort[name]) / shorts; };
  EXPECT_GT(shorts, 1000);
  EXPECT_LT(share("vague"), 0.005);
  EXPECT_LT(share("missing side"), 0.02);
  EXPECT_LT(share("missing direction"), 0.02);
  EXPECT_LT(share("nothing alike"), 0.03);
  EXPECT_LT(share("too long"), 0.01);
  EXPECT_LT(share("several actions"), 0.06);
  EXPECT_EQ(ofAll["other part"], 0);
}

TEST(PromptCoach, ThePromptsOfTheEvaluationGetNoHintAndHeldOutOnesFew) {
  const CaptionBook book = CaptionBook::of(shippedLibrary());
  for (const std::string& words : promptsOf("prompts.json")) {
    for (const PromptHint& hint : coachPrompt(words, BodyPart::Whole, {.captions = &book, .seconds = 4})) {
      ADD_FAILURE() << words << ": " << nameOf(hint.kind);
    }
  }
  // Of the captions that are held out two say “then”, and two are about what no other clip shows.
  std::map<std::string, int> counts;
  for (const std::string& words : promptsOf("held-out-prompts.json")) {
    for (const PromptHint& hint : coachPrompt(words, BodyPart::Whole, {.captions = &book, .seconds = 4})) ++counts[nameOf(hint.kind)];
  }
  EXPECT_LE(counts["several actions"], 2);
  EXPECT_LE(counts["nothing alike"], 2);
  EXPECT_LE(counts.size(), 2u);
}

}  // namespace
}  // namespace kinescore
