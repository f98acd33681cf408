// The list of jobs over the status bar: progress, cancel, retry, show, close.
#include "tests/ui/main_window_fixture.h"
#include "ui/panels/jobs_list.h"
#include "ui/panels/status_bar.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

class JobsListTest : public MainWindowTest {
 protected:
  JobsListTest() { stepTime_ = std::chrono::milliseconds(60); }
  JobsList* list() { return window_->findChild<JobsList*>(); }
  void pressInList(const QString& name) {
    auto* button = list()->findChild<QPushButton*>(name);
    ASSERT_NE(button, nullptr) << name.toStdString();
    button->click();
    QTest::qWait(5);
  }
};

TEST_F(JobsListTest, WaitingJobsAreCancelledOneByOneAndStartedAgain) {
  addPrompt("walk");
  ASSERT_TRUE(session().generate().ok());
  session().setSeed(2);
  ASSERT_TRUE(session().generate().ok());
  ASSERT_TRUE(waitUntil([&] { return session().jobs().jobs().front().progress.step > 0; }));
  window_->action("Jobs")->trigger();
  ASSERT_TRUE(list()->isVisible());
  EXPECT_NE(list()->findChild<QWidget*>(QStringLiteral("job2"))->accessibleName().indexOf(QStringLiteral("1 before it")), -1);

  pressInList(QStringLiteral("cancelJob2"));
  EXPECT_EQ(session().jobs().jobs().size(), 1u);
  ASSERT_EQ(session().jobs().ended().size(), 1u);
  EXPECT_EQ(session().jobs().ended()[0].how, EndedJob::How::Cancelled);

  pressInList(QStringLiteral("retryJob2"));
  EXPECT_EQ(session().jobs().jobs().size(), 2u);
  EXPECT_TRUE(session().jobs().ended().empty());
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 2; }));
  EXPECT_EQ(session().takes().shown()->request.seed, 2u) << "as it was ordered";
}

TEST_F(JobsListTest, WhatIsReadyIsShownAndClosed) {
  addPrompt("walk");
  generate();
  const std::string first = session().takes().shownId();
  session().setSeed(5);
  generate();
  window_->action("Jobs")->trigger();
  pressInList(QStringLiteral("showJob1"));
  EXPECT_EQ(session().takes().shownId(), first);
  pressInList(QStringLiteral("closeJob1"));
  EXPECT_EQ(session().jobs().ended().size(), 1u);
  pressInList(QStringLiteral("closeAllJobs"));
  EXPECT_TRUE(session().jobs().ended().empty());
}

TEST_F(JobsListTest, ATakeThatWasDeletedMeanwhileIsSaidAndNotSelected) {
  addPrompt("walk");
  generate();
  const std::string id = session().takes().shownId();
  session().takes().remove(session().document().undoStack(), id);
  window_->status().showTake(id);  // as its link "Show" does, which is there for a while
  EXPECT_EQ(window_->status().words(), QStringLiteral("That take was deleted; Ctrl+Z brings it back."));
  EXPECT_NE(session().selection().surface(), Selection::Surface::Take);
  session().selection().selectTake(QStringLiteral("nobody"));
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Nothing);
}

TEST_F(JobsListTest, AFailureStaysWithItsSentenceUntilItIsClosed) {
  service_->useGenerator([]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->failure = Error{ErrorCode::EngineFailed, "The card is out of memory."};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  addPrompt("walk");
  ASSERT_TRUE(session().generate().ok());
  ASSERT_TRUE(waitUntil([&] { return !session().jobs().isBusy(); }));
  ASSERT_EQ(session().jobs().ended().size(), 1u);
  EXPECT_EQ(session().jobs().ended()[0].sentence, QStringLiteral("The card is out of memory."));
  auto* button = window_->findChild<QPushButton*>(QStringLiteral("jobs"));
  EXPECT_EQ(button->text(), QStringLiteral("1 job failed"));

  service_->useGenerator(fakeEngine());
  button->click();
  pressInList(QStringLiteral("retryJob1"));
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 1; }));
}

TEST_F(JobsListTest, ManyStepsOfTheEngineDoNotDrawTheTimelineManyTimes) {
  constexpr int kSteps = 300;
  service_->useGenerator([]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->steps = kSteps;
    generator->stepTime = std::chrono::milliseconds(2);
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  addPrompt("walk");
  QTest::qWait(20);
  int changes = 0, tellings = 0;
  QObject::connect(&session().jobs(), &GenerationJobs::changed, [&] { ++changes; });
  QObject::connect(&session().jobs(), &GenerationJobs::progressed, [&] { ++tellings; });
  const int painted = window_->timeline().counters().staticPaints;
  ASSERT_TRUE(session().generate().ok());
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 1; }));
  EXPECT_GT(tellings, 1);
  EXPECT_LT(tellings, kSteps / 5);
  EXPECT_LT(changes, 8) << "they are of jobs and phases, not of steps";
  EXPECT_LT(window_->timeline().counters().staticPaints - painted, 10);
}

TEST_F(JobsListTest, AProgressDoesNotTakeAButtonAwayUnderThePress) {
  addPrompt("walk");
  ASSERT_TRUE(session().generate().ok());
  window_->action("Jobs")->trigger();
  auto* button = list()->findChild<QPushButton*>(QStringLiteral("cancelJob1"));
  const int step = session().jobs().jobs().front().progress.step;
  ASSERT_TRUE(waitUntil([&] { return session().jobs().isBusy() && session().jobs().jobs().front().progress.step > step; }));
  EXPECT_EQ(list()->findChild<QPushButton*>(QStringLiteral("cancelJob1")), button);
}

TEST_F(JobsListTest, ABatchIsSoManyTakesWithSeedsOfTheirOwn) {
  addPrompt("walk");
  window_->action("3 Takes")->trigger();
  ASSERT_EQ(session().jobs().jobs().size(), 3u);
  std::set<std::uint64_t> seeds;
  for (const GenerationJob& job : session().jobs().jobs()) {
    seeds.insert(job.request.seed);
  }
  EXPECT_EQ(seeds.size(), 3u);
}

TEST_F(JobsListTest, EscClosesTheListAndStopsNothing) {
  QApplication::setActiveWindow(window_.get());
  addPrompt("walk");
  ASSERT_TRUE(session().generate().ok());
  window_->action("Jobs")->trigger();
  ASSERT_TRUE(list()->isVisible());
  auto* button = list()->findChild<QPushButton*>(QStringLiteral("cancelJob1"));
  ASSERT_NE(button, nullptr);
  QTest::keyClick(button, Qt::Key_M);  // no command while it is open
  EXPECT_TRUE(session().timeline().markers().empty());
  QTest::keyClick(button, Qt::Key_Escape);
  QTest::qWait(5);
  EXPECT_FALSE(list()->isVisible());
  EXPECT_TRUE(session().jobs().isBusy());
  EXPECT_TRUE(session().jobs().ended().empty());
}

}  // namespace
}  // namespace kinescore
