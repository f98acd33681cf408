#include <gtest/gtest.h>

#include "tests/ui/ui_test_support.h"
#include "ui/document/edit_commands.h"
#include "ui/document/path_curve.h"
#include "ui/document/time_text.h"

namespace kinescore {
namespace {

class DocumentTest : public testing::Test {
 protected:
  SessionFixture fixture_;
  Session& session_ = *fixture_.session;

  Ticks startOf(ObjectId clip) const { return session_.timeline().findClip(clip)->span.start; }
};

TEST_F(DocumentTest, OneDragIsOneUndoStepAndEveryStateCanBeReachedAgain) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const int steps = session_.document().undoStack().count();
  const std::string before = session_.timeline().contentHash();
  {
    TimelineGesture drag(session_.document(), QStringLiteral("Move"));
    for (const double seconds : {0.2, 0.9, 2.0}) {
      EXPECT_TRUE(drag.update([&](const Timeline& start, IdSource&) {
        return moveClips(start, std::vector<ObjectId>{clip}, ticksFromSeconds(seconds));
      }));
    }
  }
  EXPECT_EQ(session_.document().undoStack().count(), steps + 1);
  EXPECT_EQ(startOf(clip), ticksFromSeconds(3));
  const std::string after = session_.timeline().contentHash();

  session_.document().undoStack().undo();
  EXPECT_EQ(session_.timeline().contentHash(), before);
  session_.document().undoStack().redo();
  EXPECT_EQ(session_.timeline().contentHash(), after);
}

TEST_F(DocumentTest, DraggingBackToWhereItWasLeavesNoStep) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const int steps = session_.document().undoStack().count();

  TimelineGesture drag(session_.document(), QStringLiteral("Move"));
  for (const double seconds : {0.5, 0.0}) {
    drag.update([&](const Timeline& start, IdSource&) {
      return moveClips(start, std::vector<ObjectId>{clip}, ticksFromSeconds(seconds));
    });
  }

  EXPECT_EQ(session_.document().undoStack().count(), steps);
}

TEST_F(DocumentTest, ACancelledGestureLeavesEverythingAsItWas) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const std::string before = session_.timeline().contentHash();
  const int steps = session_.document().undoStack().count();

  TimelineGesture drag(session_.document(), QStringLiteral("Move"));
  drag.update([&](const Timeline& start, IdSource&) {
    return moveClips(start, std::vector<ObjectId>{clip}, ticksFromSeconds(2));
  });
  EXPECT_NE(session_.timeline().contentHash(), before);
  drag.cancel();

  EXPECT_EQ(session_.timeline().contentHash(), before);
  EXPECT_EQ(session_.document().undoStack().count(), steps);
}

TEST_F(DocumentTest, EveryAppliedPatchIsJournalledAlsoByUndo) {
  fixture_.store.journalled.clear();
  const Timeline start = session_.timeline();
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  session_.document().edit(QStringLiteral("Delete"), deleteClips(session_.timeline(), std::vector<ObjectId>{clip}));
  session_.document().undoStack().undo();

  Timeline replayed = start;
  for (const TimelinePatch& patch : fixture_.store.journalled) {
    replayed = *apply(replayed, patch);
  }
  EXPECT_EQ(fixture_.store.journalled.size(), 3u);
  EXPECT_EQ(replayed.contentHash(), session_.timeline().contentHash());
}

TEST_F(DocumentTest, AnImpossibleEditIsRefusedWithASentence) {
  QString sentence;
  QObject::connect(&session_, &Session::problem, [&](const QString& words) { sentence = words; });
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");

  EXPECT_FALSE(session_.document().edit(
      QStringLiteral("Trim"), trimClip(session_.timeline(), clip, {ticksFromSeconds(3), ticksFromSeconds(2)})));
  EXPECT_FALSE(sentence.isEmpty());
}

TEST_F(DocumentTest, PinningTakesThePoseOnScreenBeforeAnyGeneration) {
  session_.playback().seekFrame(48);
  ASSERT_TRUE(session_.pinPose());

  const auto& keys = session_.timeline().clipsOf(fixture_.track(TrackKind::Pose));
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0]->span.start, ticksOfFrame(48, kEngineRate));
  EXPECT_EQ(std::get<PoseCondition>(keys[0]->condition).pose, restPose(*kinescore22()));
  EXPECT_EQ(session_.selection().singleClip(), keys[0]->id);
}

TEST_F(DocumentTest, PinningAfterATakeTakesItsPose) {
  fixture_.addPrompt(0, 10, "walk");
  ASSERT_TRUE(fixture_.generateAndWait());
  session_.playback().seekFrame(60);
  ASSERT_TRUE(session_.pinPose());

  const auto& keys = session_.timeline().clipsOf(fixture_.track(TrackKind::Pose));
  EXPECT_EQ(std::get<PoseCondition>(keys[0]->condition).pose,
            evaluate(*session_.takes().shown()->result.motion, ticksOfFrame(60, kEngineRate)));
}

TEST_F(DocumentTest, CopiedClipsArePastedAtThePlayhead) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  session_.selection().selectClip(clip);
  const QString text = copySelection(session_);
  session_.playback().seek(ticksFromSeconds(5));

  ASSERT_TRUE(pasteAtPlayhead(session_, text));
  EXPECT_FALSE(pasteAtPlayhead(session_, QStringLiteral("nothing of ours")));

  const auto& clips = session_.timeline().clipsOf(fixture_.track(TrackKind::Text));
  ASSERT_EQ(clips.size(), 2u);
  EXPECT_EQ(clips[1]->span.start, ticksFromSeconds(5));
  EXPECT_EQ(clips[1]->span.length(), ticksFromSeconds(2));
}

TEST_F(DocumentTest, PastingWithRippleMakesRoomAsOneStepAndSelectsWhatWasPasted) {
  const ObjectId a = fixture_.addPrompt(0, 2, "walk"), b = fixture_.addPrompt(2, 4, "run");
  session_.selection().selectClip(a);
  const QString text = copySelection(session_);
  session_.playback().seek(ticksFromSeconds(1));
  const int steps = session_.document().undoStack().count();
  ASSERT_TRUE(pasteAtPlayhead(session_, text, PasteMode::Ripple));
  EXPECT_EQ(session_.document().undoStack().count(), steps + 1);
  EXPECT_EQ(startOf(b), ticksFromSeconds(4));
  ASSERT_TRUE(session_.selection().singleClip());
  EXPECT_EQ(startOf(*session_.selection().singleClip()), ticksFromSeconds(1));
  EXPECT_EQ(session_.timeline().clipsOf(fixture_.track(TrackKind::Text)).size(), 4u);  // “walk” was split
}

TEST_F(DocumentTest, ClipsArePastedIntoAnotherProject) {
  fixture_.addPrompt(1, 3, "walk");
  session_.playback().seekFrame(30);
  ASSERT_TRUE(session_.pinPose());
  selectAllClips(session_);
  const QString text = copySelection(session_);
  session_.newProject();
  for (const auto& track : session_.timeline().tracks()) {
    if (track->kind == TrackKind::Pose) {  // nothing of its kind is there
      ASSERT_TRUE(session_.document().edit(QStringLiteral("Delete"), deleteTrack(session_.timeline(), track->id)));
      break;
    }
  }
  ASSERT_TRUE(pasteAtPlayhead(session_, text));
  EXPECT_EQ(session_.timeline().clipsOf(fixture_.track(TrackKind::Text)).size(), 1u);
  EXPECT_EQ(session_.timeline().clipsOf(fixture_.track(TrackKind::Pose)).size(), 1u);
  EXPECT_EQ(session_.selection().clips().size(), 2u);
}

TEST_F(DocumentTest, SeveralClipsAreChangedInOneStep) {
  const ObjectId a = fixture_.addPrompt(1, 3, "walk"), b = fixture_.addPrompt(3, 5, "run");
  session_.selection().selectClips({a, b});
  const int steps = session_.document().undoStack().count();
  int told = 0;
  QObject::connect(&session_.document(), &TimelineDocument::changed, [&] { ++told; });
  setSelectedClipsMuted(session_, true);
  scaleSelectionTo(session_, ticksFromSeconds(8));
  moveSelectionTo(session_, ticksFromSeconds(0));
  shapeSelection(session_, {{0, 0}, {1, 1}});
  EXPECT_TRUE(session_.timeline().findClip(a)->muted && session_.timeline().findClip(b)->muted);
  EXPECT_EQ(startOf(b), ticksFromSeconds(4));
  EXPECT_EQ(session_.timeline().findClip(b)->strength.points.back().time, ticksFromSeconds(4));
  EXPECT_EQ(session_.document().undoStack().count(), steps + 4);
  EXPECT_EQ(told, 4);
}

TEST_F(DocumentTest, PlaybackFollowsTheClockAndLoopsInThePlayRange) {
  Playback& playback = session_.playback();
  TimelineSettings settings = session_.timeline().settings();
  settings.playRange = {ticksFromSeconds(1), ticksFromSeconds(3)};
  session_.document().edit(QStringLiteral("Range"), changeSettings(session_.timeline(), settings));
  playback.seek(ticksFromSeconds(1));
  playback.play();

  fixture_.nanoseconds += 500'000'000;
  playback.tick();
  EXPECT_NEAR(secondsOf(playback.position()), 1.5, 1e-6);
  fixture_.nanoseconds += 2'000'000'000;  // half a second past the end
  playback.tick();
  EXPECT_NEAR(secondsOf(playback.position()), 1.5, 1e-6);
  EXPECT_TRUE(playback.isPlaying());

  playback.setRepeat(Playback::Repeat::Once);
  fixture_.nanoseconds += 5'000'000'000;
  playback.tick();
  EXPECT_FALSE(playback.isPlaying());
  EXPECT_EQ(playback.frame(), 89);
}

TEST_F(DocumentTest, T21_PingPongTurnsAtBothEndsOfThePlayRange) {
  Playback& playback = session_.playback();
  TimelineSettings settings = session_.timeline().settings();
  settings.playRange = {ticksFromSeconds(1), ticksFromSeconds(3)};
  session_.document().edit(QStringLiteral("Range"), changeSettings(session_.timeline(), settings));
  playback.setRepeat(Playback::Repeat::PingPong);
  playback.seek(ticksFromSeconds(1));
  playback.play();
  const auto after = [&](double seconds) {
    fixture_.nanoseconds += std::int64_t(seconds * 1e9);
    playback.tick();
    return secondsOf(playback.position());
  };
  EXPECT_NEAR(after(1.5), 2.5, 1e-6);
  EXPECT_NEAR(after(1), 2.5, 1e-6);  // half a second to the end and as much back
  EXPECT_LT(playback.speed(), 0);
  EXPECT_NEAR(after(1), 1.5, 1e-6);
  EXPECT_NEAR(after(1), 1.5, 1e-6);  // turned at the start
  EXPECT_GT(playback.speed(), 0);
  EXPECT_NEAR(after(4), 1.5, 1e-6);  // there and back once, all at one look
  EXPECT_GT(playback.speed(), 0);
  EXPECT_TRUE(playback.isPlaying());
}

TEST_F(DocumentTest, TheShuttleDoublesAndTurns) {
  Playback& playback = session_.playback();
  playback.seek(ticksFromSeconds(5));
  playback.shuttle(+1);
  EXPECT_EQ(playback.speed(), 1);
  playback.shuttle(+1);
  EXPECT_EQ(playback.speed(), 2);
  playback.shuttle(-1);
  EXPECT_EQ(playback.speed(), 1);
  playback.shuttle(-1);
  EXPECT_EQ(playback.speed(), -1);
  fixture_.nanoseconds += 1'000'000'000;
  playback.tick();
  EXPECT_NEAR(secondsOf(playback.position()), 4, 1e-6);
}

TEST_F(DocumentTest, SavingAndOpeningKeepsTimelineTakesAndSeed) {
  fixture_.addPrompt(0, 4, "walk");
  session_.setSeed(4417);
  ASSERT_TRUE(fixture_.generateAndWait());
  EXPECT_TRUE(session_.isChanged());
  ASSERT_TRUE(session_.saveAs("a.kinescore").ok());
  EXPECT_FALSE(session_.isChanged());
  const std::string hash = session_.timeline().contentHash();
  const std::string take = session_.takes().shownId();

  session_.newProject();
  EXPECT_TRUE(session_.takes().takes().empty());
  ASSERT_TRUE(session_.open("a.kinescore").ok());

  EXPECT_EQ(session_.timeline().contentHash(), hash);
  EXPECT_EQ(session_.takes().shownId(), take);
  EXPECT_EQ(session_.seed(), 4417u);
  EXPECT_FALSE(session_.isChanged());
}

TEST_F(DocumentTest, AFailedSaveLeavesTheProjectChanged) {
  fixture_.addPrompt(0, 4, "walk");
  fixture_.store.failure = Error{ErrorCode::IoFailed, "The disk is full."};

  EXPECT_FALSE(session_.saveAs("a.kinescore").ok());
  EXPECT_TRUE(session_.isChanged());
  EXPECT_FALSE(session_.hasPath());
}

TEST_F(DocumentTest, ThePathFromATakeLiesWhereTheRootWalked) {
  fixture_.addPrompt(0, 10, "walk");
  ASSERT_TRUE(fixture_.generateAndWait());
  ASSERT_TRUE(session_.pathFromTake());

  const auto& paths = session_.timeline().clipsOf(fixture_.track(TrackKind::Path));
  ASSERT_EQ(paths.size(), 1u);
  const auto& points = std::get<PathCondition>(paths[0]->condition).points;
  ASSERT_GE(points.size(), 10u);
  for (const PathPoint& point : points) {
    const Pose pose = session_.poseAt(paths[0]->span.start + point.time);
    EXPECT_NEAR(point.position.x, pose.rootPosition.x, 1e-5f);
    EXPECT_NEAR(point.position.y, pose.rootPosition.z, 1e-5f);
  }
}

TEST(TimeTextTest, ReadsWhatPeopleWrite) {
  const FrameRate rate{30, 1};
  EXPECT_EQ(frameFromText(QStringLiteral("48"), rate, 10), 48);
  EXPECT_EQ(frameFromText(QStringLiteral("+12"), rate, 10), 22);
  EXPECT_EQ(frameFromText(QStringLiteral("-3"), rate, 10), 7);
  EXPECT_EQ(frameFromText(QStringLiteral("2s"), rate, 10), 60);
  EXPECT_EQ(frameFromText(QStringLiteral("1,5 s"), rate, 10), 45);
  EXPECT_EQ(frameFromText(QStringLiteral("00:00:02:00"), rate, 10), 60);
  EXPECT_EQ(frameFromText(QStringLiteral("1:05"), rate, 10), 35);
  EXPECT_EQ(frameFromText(QStringLiteral("soon"), rate, 10), std::nullopt);
  EXPECT_EQ(timecodeOf(128, rate), QStringLiteral("00:00:04:08"));
}

TEST(PathCurveTest, ANewPointGoesOnAtThePaceOfThePath) {
  std::vector<PathPoint> points{{Ticks{0}, {0, 0}, {}}, {ticksFromSeconds(2), {0, 2}, {}}};
  appendPathPoint(points, {0, 5}, ticksFromSeconds(10));
  ASSERT_EQ(points.size(), 3u);
  EXPECT_NEAR(secondsOf(points[2].time), 5, 1e-3);
  EXPECT_NEAR(pathLength(points), 5, 1e-2);
}

TEST(PathCurveTest, WithoutRoomTheTimesComeCloserInProportion) {
  std::vector<PathPoint> points{{Ticks{0}, {0, 0}, {}}, {ticksFromSeconds(1), {0, 2}, {}}, {ticksFromSeconds(4), {0, 4}, {}}};
  appendPathPoint(points, {0, 8}, ticksFromSeconds(4));
  EXPECT_EQ(points[3].time, ticksFromSeconds(4));
  EXPECT_NEAR(secondsOf(points[1].time) / secondsOf(points[2].time), 0.25, 1e-6);
}

}  // namespace
}  // namespace kinescore
