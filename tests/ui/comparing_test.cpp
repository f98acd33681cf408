// Two takes side by side or over each other, in step.
#include <QToolButton>

#include "tests/ui/main_window_fixture.h"

namespace kinescore {
namespace {

class ComparingTest : public MainWindowTest {
 protected:
  void SetUp() override {
    MainWindowTest::SetUp();
    addPrompt("walk forward");
    for (int i = 0; i < 3; ++i) {
      session().setSeed(std::uint64_t(i) + 1);
      generate();
      ids_.push_back(session().takes().shownId());
    }
  }
  std::vector<std::string> ids_;
};

TEST_F(ComparingTest, WithWhatWasShownBeforeIt) {
  session().takes().show(ids_[0]);
  session().takes().show(ids_[2]);
  window_->action("Compare Side by Side")->trigger();
  ASSERT_TRUE(session().comparedTake());
  EXPECT_EQ(session().comparedTake()->id, ids_[0]);
  EXPECT_EQ(session().comparison()->mode, TakeComparison::Mode::SideBySide);
  window_->action("Compare Overlaid")->trigger();
  EXPECT_EQ(session().comparison()->mode, TakeComparison::Mode::Overlaid);
  EXPECT_TRUE(window_->action("Compare Overlaid")->isChecked());
  EXPECT_FALSE(window_->action("Compare Side by Side")->isChecked());
  window_->action("Compare Overlaid")->trigger();
  EXPECT_FALSE(session().comparison());
}

TEST_F(ComparingTest, TheButtonOfTheTakesPanelDoesIt) {
  auto* button = window_->findChild<QToolButton*>(QStringLiteral("compareTakes"));
  ASSERT_NE(button, nullptr);
  button->click();
  EXPECT_TRUE(session().comparedTake());
  EXPECT_TRUE(button->isChecked());
  button->click();
  EXPECT_FALSE(session().comparison());
}

TEST_F(ComparingTest, ComparingNeitherMovesThePlayheadNorIsAStepOfTheHistory) {
  session().playback().seek(ticksFromSeconds(3));
  const int steps = session().document().undoStack().count();
  window_->action("Compare Overlaid")->trigger();
  EXPECT_EQ(session().playback().position(), ticksFromSeconds(3));
  EXPECT_EQ(session().document().undoStack().count(), steps);
}

TEST_F(ComparingTest, ADeletedTakeIsNotComparedAnyMore) {
  session().compare(TakeComparison{ids_[0], TakeComparison::Mode::Overlaid});
  session().takes().remove(session().document().undoStack(), ids_[0]);
  EXPECT_FALSE(session().comparison());
}

TEST_F(ComparingTest, WithASingleTakeItSaysSo) {
  for (int i = 0; i < 2; ++i) {
    session().takes().remove(session().document().undoStack(), ids_[std::size_t(i)]);
  }
  QString said;
  QObject::connect(&session(), &Session::notice, [&](const QString& words) { said = words; });
  session().toggleComparison(TakeComparison::Mode::Overlaid);
  EXPECT_FALSE(session().comparison());
  EXPECT_FALSE(said.isEmpty());
}

}  // namespace
}  // namespace kinescore
