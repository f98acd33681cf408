#include "engine/evaluate/blind_sheet.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/core/files.h"
#include "engine/storage/json.h"
#include "tests/engine/evaluate/held_out_library.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

std::vector<SheetRow> someRows(int count) {
  const Library library = heldOutLibrary();
  std::vector<SheetRow> rows;
  for (int i = 0; i < count; ++i) {
    const Motion& motion = library.clips[i % library.clips.size()].motion;
    rows.push_back({library.clips[i % library.clips.size()].id, "walk " + std::to_string(i), motion, motion.slice({0, motion.frameCount() / 2})});
  }
  return rows;
}

TEST(BlindSheetTest, WhatTheJudgeSeesDoesNotTellWhichIsWhich) {
  TemporaryFolder folder;
  const auto rows = someRows(12);
  ASSERT_TRUE(writeBlindSheet(rows, 1, folder.path() / "judge", folder.path() / "answers.json"));
  const auto answers = readFile(folder.path() / "answers.json");
  ASSERT_TRUE(answers);
  const auto key = parseJson(*answers, "answers");
  ASSERT_TRUE(key);
  std::set<std::string> orders;
  for (const auto& pair : *key) orders.insert(pair["captured"].get<std::string>());
  EXPECT_EQ(orders.size(), 2u);  // now one first, now the other
  std::set<std::string> seen;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "judge")) seen.insert(entry.path().filename().string());
  EXPECT_EQ(seen.size(), 14u);
  EXPECT_FALSE(seen.contains("answers.json"));
  const auto prompts = readFile(folder.path() / "judge" / "prompts.md");
  EXPECT_NE(prompts->find("walk 11"), std::string::npos);
  EXPECT_EQ(prompts->find(rows[0].clip), std::string::npos);
}

constexpr const char* kAnswers = R"([{"captured": "a"}, {"captured": "b"}, {"captured": "a"}])";

TEST(BlindSheetTest, CountsWhatTheJudgeSaid) {
  const auto tally = tallyBlindSheet(kAnswers, "pair,better,capture\n1,a,a\n 2, A, A\n3,same,b\n");
  ASSERT_TRUE(tally) << tally.error().message;
  EXPECT_EQ(tally->pairs, 3);
  EXPECT_EQ(tally->capturedBetter, 1);
  EXPECT_EQ(tally->performedBetter, 1);
  EXPECT_EQ(tally->alike, 1);
  EXPECT_EQ(tally->recognised, 1);
}

TEST(BlindSheetTest, AJudgementThatIsNotWholeIsNamed) {
  const auto missing = tallyBlindSheet(kAnswers, "1,a,a\n2,b,b\n");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("Pair 3"), std::string::npos);
  const auto unclear = tallyBlindSheet(kAnswers, "1,a,a\n2,better,b\n3,a,a\n");
  ASSERT_FALSE(unclear);
  EXPECT_NE(unclear.error().message.find("Line 2"), std::string::npos);
  EXPECT_FALSE(tallyBlindSheet("{}", "1,a,a\n"));
}

}  // namespace
}  // namespace kinescore
