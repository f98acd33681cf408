#include <gtest/gtest.h>

#include "tests/support/random_edits.h"
#include "tests/ui/ui_test_support.h"

namespace kinescore {
namespace {

TEST(HistoryTest, AHundredThousandEditsAreUndoneAndRedoneToTheSameHashes) {
  constexpr int kEdits = 100'000, kHashEvery = 10'000;
  testApplication();
  RandomAuthor author(20'260'817);
  TimelineDocument document(author.timeline(), std::make_unique<SequentialIds>(1'000'000'000));
  std::vector<std::string> hashes{document.timeline().contentHash()};
  for (int i = 1; i <= kEdits; ++i) {
    ASSERT_TRUE(document.edit(QStringLiteral("Edit %1").arg(i), author.editOnce()));
    if (i % kHashEvery == 0) {
      hashes.push_back(document.timeline().contentHash());
      ASSERT_EQ(hashes.back(), author.timeline().contentHash());
    }
  }
  QUndoStack& history = document.undoStack();
  ASSERT_EQ(history.count(), kEdits);
  for (int at = kEdits; at >= 0; at -= kHashEvery) {
    history.setIndex(at);  // the jump of the history panel
    ASSERT_EQ(document.timeline().contentHash(), hashes[std::size_t(at / kHashEvery)]) << "undone to " << at;
  }
  for (int at = 0; at <= kEdits; at += kHashEvery) {
    history.setIndex(at);
    ASSERT_EQ(document.timeline().contentHash(), hashes[std::size_t(at / kHashEvery)]) << "redone to " << at;
  }
}

}  // namespace
}  // namespace kinescore
