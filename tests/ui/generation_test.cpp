#include <gtest/gtest.h>

#include "tests/ui/ui_test_support.h"

namespace kinescore {
namespace {

using std::chrono::milliseconds;

TEST(GenerationTest, ATakeArrivesIsShownAndIsNoStepOfTheHistory) {
  SessionFixture f;
  f.addPrompt(0, 5, "walk");
  const int steps = f.session->document().undoStack().count();
  ASSERT_TRUE(f.generateAndWait());

  EXPECT_EQ(f.session->takes().takes().size(), 1u);
  EXPECT_EQ(f.session->takes().shown()->number, 1);
  EXPECT_EQ(f.session->document().undoStack().count(), steps);
  EXPECT_EQ(f.session->changesSinceShown(), 0);
}

TEST(GenerationTest, DraggingWhileGeneratingNeverLosesAnEdit) {
  SessionFixture f(milliseconds(5));
  const ObjectId clip = f.addPrompt(0, 2, "walk");
  ASSERT_TRUE(f.session->generate().ok());

  // The take lands in the middle of this drag.
  TimelineGesture drag(f.session->document(), QStringLiteral("Move"));
  int moves = 0;
  const bool landed = waitUntil([&] {
    ++moves;
    EXPECT_TRUE(drag.update([&](const Timeline& start, IdSource&) {
      return moveClips(start, std::vector<ObjectId>{clip}, ticksOfFrame(moves % 200, kEngineRate));
    }));
    return !f.session->takes().takes().empty();
  });
  ASSERT_TRUE(landed);
  ASSERT_TRUE(drag.update([&](const Timeline& start, IdSource&) {
    return moveClips(start, std::vector<ObjectId>{clip}, ticksFromSeconds(4));
  }));

  EXPECT_GT(moves, 1);
  EXPECT_EQ(f.session->timeline().findClip(clip)->span.start, ticksFromSeconds(4));
  // The take was made of the timeline as it was when it began.
  EXPECT_EQ(f.session->takes().shown()->request.texts.at(0).span.start, Ticks{0});
  EXPECT_EQ(f.session->changesSinceShown(), 1);
  EXPECT_TRUE(f.session->isStale(*f.session->timeline().findClip(clip)));
  f.session->document().undoStack().undo();
  EXPECT_EQ(f.session->changesSinceShown(), 0);
}

TEST(GenerationTest, CancelDetachesAtOnceAndDropsWhatComesLate) {
  SessionFixture f(milliseconds(200));
  f.addPrompt(0, 2, "walk");
  ASSERT_TRUE(f.session->generate().ok());
  ASSERT_TRUE(waitUntil([&] {
    return f.session->jobs().isBusy() &&
           f.session->jobs().jobs().front().progress.phase == GenerationProgress::Phase::Sampling;
  }));
  int cancelled = 0;
  QObject::connect(&f.session->jobs(), &GenerationJobs::cancelled, [&] { ++cancelled; });

  QElapsedTimer timer;
  timer.start();
  f.session->jobs().cancelCurrent();
  EXPECT_LT(timer.elapsed(), 100);
  EXPECT_FALSE(f.session->jobs().isBusy());
  EXPECT_EQ(cancelled, 1);

  ASSERT_TRUE(waitUntil([&] { return f.service.pendingJobs() == 0; }));
  QTest::qWait(20);
  EXPECT_TRUE(f.session->takes().takes().empty());
}

TEST(GenerationTest, ANewJobAfterACancelIsNotDisturbedByTheOldOne) {
  SessionFixture f(milliseconds(5));
  f.addPrompt(0, 2, "walk");
  ASSERT_TRUE(f.session->generate().ok());
  f.session->jobs().cancelCurrent();
  f.session->setSeed(7);
  ASSERT_TRUE(f.generateAndWait());

  ASSERT_EQ(f.session->takes().takes().size(), 1u);
  EXPECT_EQ(f.session->takes().shown()->request.seed, 7u);
}

TEST(GenerationTest, ATimeSelectionLeavesEveryFrameOutsideBitIdentical) {
  SessionFixture f;
  f.addPrompt(0, 10, "walk");
  ASSERT_TRUE(f.generateAndWait());
  const TakePointer first = f.session->takes().shown();
  f.session->setSeed(99);
  f.session->selection().setTime(
      TimeSelection{{ticksFromSeconds(4), ticksFromSeconds(6)}, ticksFromSeconds(0.2), ticksFromSeconds(0.4)});
  ASSERT_TRUE(f.session->regenerate().ok());
  ASSERT_TRUE(waitUntil([&] { return f.session->takes().takes().size() == 2; }));

  const TakePointer second = f.session->takes().shown();
  ASSERT_TRUE(second->range.has_value());
  EXPECT_EQ(*second->range, (FrameRange{114, 192}));
  EXPECT_EQ(second->baseTakeId, first->id);
  for (const FrameRange outside : {FrameRange{0, 114}, FrameRange{192, 300}}) {
    EXPECT_EQ(identityHash(*second->result.motion, outside), identityHash(*first->result.motion, outside));
  }
  EXPECT_NE(identityHash(*second->result.motion, *second->range), identityHash(*first->result.motion, *second->range));
}

TEST(GenerationTest, ATimeSelectionWithoutATakeIsOneSentence) {
  SessionFixture f;
  f.addPrompt(0, 10, "walk");
  f.session->selection().setTime(TimeSelection{{ticksFromSeconds(4), ticksFromSeconds(6)}, {}, {}});
  const Status status = f.session->regenerate();
  ASSERT_FALSE(status.ok());
  EXPECT_FALSE(status.error().message.empty());
  EXPECT_FALSE(f.session->jobs().isBusy());
}

TEST(GenerationTest, AFailureIsToldAndChangesNothing) {
  testApplication();
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->failure = Error{ErrorCode::EngineFailed, "the graphics card ran out of memory."};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  MemoryStore store;
  Session session(service, store, std::make_unique<SequentialIds>(100));
  Clip clip;
  clip.trackId = session.timeline().tracks().front()->id;
  clip.span = {Ticks{0}, ticksFromSeconds(2)};
  clip.condition = TextCondition{"walk", BodyPart::Whole};
  session.document().edit(QStringLiteral("Add"), addClip(session.timeline(), session.document().ids(), clip));
  const std::string before = session.timeline().contentHash();
  QString sentence;
  QObject::connect(&session.jobs(), &GenerationJobs::failed, [&](int, const QString& words) { sentence = words; });

  ASSERT_TRUE(session.generate().ok());
  ASSERT_TRUE(waitUntil([&] { return !sentence.isEmpty(); }));

  EXPECT_EQ(sentence, QStringLiteral("the graphics card ran out of memory."));
  EXPECT_EQ(session.timeline().contentHash(), before);
  EXPECT_TRUE(session.takes().takes().empty());
}

TEST(GenerationTest, WhatIsDoneWithTakesCanBeUndone) {
  SessionFixture f;
  f.addPrompt(0, 5, "walk");
  ASSERT_TRUE(f.generateAndWait());
  f.session->setSeed(2);
  ASSERT_TRUE(f.generateAndWait());
  QUndoStack& history = f.session->document().undoStack();
  const std::string one = f.session->takes().takes()[0]->id, two = f.session->takes().takes()[1]->id;

  f.session->takes().show(one);
  EXPECT_EQ(f.session->takes().shownId(), one);
  EXPECT_EQ(history.count(), 1) << "the prompt; looking at another take is no step";
  f.session->takes().setStarred(history, one, true);
  f.session->takes().rename(history, one, QStringLiteral("best walk"));
  f.session->takes().remove(history, one);
  EXPECT_EQ(f.session->takes().takes().size(), 1u);
  EXPECT_EQ(f.session->takes().shownId(), two);

  history.undo();
  EXPECT_EQ(f.session->takes().shown()->name, "best walk");
  history.undo();
  history.undo();
  EXPECT_FALSE(f.session->takes().shown()->starred);
  EXPECT_EQ(f.session->takes().shownId(), one);
  history.redo();
  f.session->takes().show(two);
  history.undo();  // what is done with one take does not bring it on screen
  EXPECT_EQ(f.session->takes().shownId(), two);
}

TEST(GenerationTest, LookingAtAnotherTakeKeepsWhatWasUndone) {
  SessionFixture f;
  f.addPrompt(0, 5, "walk");
  ASSERT_TRUE(f.generateAndWait());
  f.session->setSeed(2);
  ASSERT_TRUE(f.generateAndWait());
  const std::string one = f.session->takes().takes()[0]->id, two = f.session->takes().takes()[1]->id;
  f.addPrompt(5, 8, "run");
  QUndoStack& history = f.session->document().undoStack();
  const std::string after = f.session->timeline().contentHash();
  history.undo();
  const std::uint64_t revision = f.session->takes().revision();
  f.session->takes().showNeighbour(-1);
  EXPECT_EQ(f.session->takes().shownId(), one);
  EXPECT_GT(f.session->takes().revision(), revision) << "which take is shown is kept with the project";
  ASSERT_TRUE(history.canRedo());
  history.redo();
  EXPECT_EQ(f.session->timeline().contentHash(), after);
  EXPECT_EQ(f.session->takes().shownId(), one);

  // A deleted take that was shown comes back on screen; one that was not does not.
  f.session->takes().remove(history, one);
  EXPECT_EQ(f.session->takes().shownId(), two);
  history.undo();
  EXPECT_EQ(f.session->takes().shownId(), one);
  history.redo();
  EXPECT_EQ(f.session->takes().shownId(), two);
  history.undo();
  f.session->takes().remove(history, two);
  history.undo();
  EXPECT_EQ(f.session->takes().shownId(), one);
  EXPECT_EQ(f.session->takes().takes().size(), 2u);
}

TEST(GenerationTest, ClosingWhileTheEngineWorksIsSafe) {
  for (int i = 0; i < 5; ++i) {
    SessionFixture f(milliseconds(2));
    f.addPrompt(0, 2, "walk");
    ASSERT_TRUE(f.session->generate().ok());
    QCoreApplication::processEvents();
    f.session.reset();  // late messages find nobody
    ASSERT_TRUE(waitUntil([&] { return f.service.pendingJobs() == 0; }));
  }
}

}  // namespace
}  // namespace kinescore
