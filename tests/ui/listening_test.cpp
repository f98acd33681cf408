// Recordings of sound clips are listened to before a take is made: as a part of its job, once, and without holding up
// the window.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QLabel>

#include "engine/media/heard_sound.h"
#include "tests/support/sounds.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/ui_test_support.h"
#include "ui/main_window.h"
#include "ui/panels/status_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

using Phase = GenerationProgress::Phase;
using testing::AllOf;
using testing::HasSubstr;

void addSoundClip(Session& session, const std::string& file) {
  const auto track = session.trackOf(TrackKind::Audio, QStringLiteral("Add track"));
  ASSERT_TRUE(track);
  Clip clip;
  clip.trackId = *track;
  clip.span = {Ticks{0}, ticksFromSeconds(8)};
  clip.condition = AudioCondition{.file = file};
  ASSERT_TRUE(session.document().edit(QStringLiteral("Add sound"),
                                      addClip(session.timeline(), session.document().ids(), clip)));
}

/// A project on the disk's folder, though not in a file, with a recording beside it.
class ListeningTest : public testing::Test {
 protected:
  void SetUp() override {
    record(20);
    ASSERT_TRUE(f.session->saveAs(folder_ / "scene.kinescore"));
    QObject::connect(&f.session->jobs(), &GenerationJobs::changed, [this] {
      if (!f.session->jobs().isBusy()) return;
      const GenerationProgress& now = f.session->jobs().jobs().front().progress;
      listened_ |= now.phase == Phase::Listening;
      EXPECT_GE(now.fraction, fraction_);
      fraction_ = now.fraction;
      EXPECT_EQ(now.recording, now.phase == Phase::Listening ? "song.wav" : "");
    });
    QObject::connect(f.session.get(), &Session::notice, [this](const QString& s) { notice_ = s.toStdString(); });
    QObject::connect(&f.session->jobs(), &GenerationJobs::failed,
                     [this](int, const QString& s) { failure_ = s.toStdString(); });
  }
  void record(double seconds) { putBytes(folder_ / "song.wav", clickWav(seconds, 100)); }
  /// Whether a recording was listened to for the take.
  bool generate() {
    listened_ = false;
    fraction_ = 0;
    const std::size_t before = f.session->takes().takes().size();
    const Status started = f.session->generate();
    EXPECT_TRUE(started) << started.error().message;
    EXPECT_TRUE(waitUntil([&] { return f.session->takes().takes().size() > before || !failure_.empty(); }));
    EXPECT_EQ(failure_, "");
    return listened_;
  }
  const GenerationRequest& shownRequest() { return f.session->takes().shown()->request; }
  bool isListening() {
    return f.session->jobs().isBusy() && f.session->jobs().jobs().front().progress.phase == Phase::Listening;
  }

  TemporaryFolder folder_;
  SessionFixture f;
  bool listened_ = false;
  double fraction_ = 0;
  std::string notice_, failure_;
};

TEST_F(ListeningTest, ATakeIsMadeOfWhatIsHeard) {
  addSoundClip(*f.session, "song.wav");
  EXPECT_TRUE(generate());
  ASSERT_EQ(shownRequest().rhythms.size(), 1u);
  const RhythmRequest& rhythm = shownRequest().rhythms[0];
  ASSERT_TRUE(rhythm.heard);
  EXPECT_NEAR(rhythm.heard->beatsPerMinute, 100, 1);
  EXPECT_EQ(rhythm.span, (TimeRange{{0}, ticksFromSeconds(8)}));
  EXPECT_FALSE(rhythm.heard->sound) << "takes keep no recordings";
  EXPECT_EQ(notice_, "");
}

TEST_F(ListeningTest, ARecordingIsHeardOnceUntilItsFileChanges) {
  addSoundClip(*f.session, "song.wav");
  EXPECT_TRUE(generate());
  f.session->setSeed(2);
  EXPECT_FALSE(generate());
  EXPECT_EQ(shownRequest().rhythms.size(), 1u);
  record(15);
  f.session->setSeed(3);
  EXPECT_TRUE(generate());
}

TEST_F(ListeningTest, WhatIsHeardCountsAsPartOfTheTake) {
  f.addPrompt(0, 8, "dance");
  addSoundClip(*f.session, "song.wav");
  generate();
  EXPECT_EQ(f.session->changesSinceShown(), 0);
  addSoundClip(*f.session, "other.wav");
  EXPECT_EQ(f.session->changesSinceShown(), 0) << "nobody knows yet what is in it";
  f.session->document().undoStack().undo();
  f.session->document().undoStack().undo();
  EXPECT_EQ(f.session->changesSinceShown(), 1);
}

// What is still listened to is not a change that waits.
TEST_F(ListeningTest, ListeningAgainIsNoChange) {
  addSoundClip(*f.session, "song.wav");
  generate();
  record(60);
  fraction_ = 0;
  ASSERT_TRUE(f.session->generate());
  ASSERT_TRUE(waitUntil([&] { return isListening(); }));
  EXPECT_EQ(f.session->changesSince(f.session->jobs().jobs().front().request), 0);
  ASSERT_TRUE(waitUntil([&] { return !f.session->jobs().isBusy(); }));
}

TEST_F(ListeningTest, AMissingRecordingIsToldAndTheRestGoesOn) {
  f.addPrompt(0, 2, "walk");
  addSoundClip(*f.session, "none.wav");
  generate();
  EXPECT_TRUE(shownRequest().rhythms.empty());
  EXPECT_EQ(shownRequest().texts.size(), 1u);
  EXPECT_EQ(notice_, "The sound clip is left out: “" + (folder_ / "none.wav").string() + "” does not exist.");
}

TEST_F(ListeningTest, WithNothingButAMissingRecordingTheJobSaysWhy) {
  addSoundClip(*f.session, "none.wav");
  ASSERT_TRUE(f.session->generate());
  ASSERT_TRUE(waitUntil([&] { return !failure_.empty(); }));
  EXPECT_THAT(failure_, HasSubstr("none.wav” does not exist."));
  EXPECT_FALSE(f.session->jobs().isBusy());
  EXPECT_TRUE(f.session->takes().takes().empty());
}

TEST_F(ListeningTest, TheWindowGoesOnMeanwhile) {
  record(240);
  addSoundClip(*f.session, "song.wav");
  QElapsedTimer whole, turn;
  whole.start();
  turn.start();
  ASSERT_TRUE(f.session->generate());
  qint64 longest = turn.elapsed();
  int turns = 0;
  ASSERT_TRUE(waitUntil([&] {
    longest = std::max(longest, turn.restart());
    turns += isListening();
    return !f.session->jobs().isBusy();
  }));
  EXPECT_TRUE(listened_);
  EXPECT_GT(turns, 10);
  EXPECT_LT(longest, whole.elapsed() / 3) << "of " << whole.elapsed() << " ms";
}

TEST_F(ListeningTest, CancelDetachesAtOnce) {
  record(600);
  addSoundClip(*f.session, "song.wav");
  ASSERT_TRUE(f.session->generate());
  ASSERT_TRUE(waitUntil([&] { return isListening(); }));
  QElapsedTimer timer;
  timer.start();
  f.session->jobs().cancelCurrent();
  EXPECT_LT(timer.elapsed(), 100);
  EXPECT_FALSE(f.session->jobs().isBusy());
  ASSERT_TRUE(waitUntil([&] { return f.service.pendingJobs() == 0; }));
  EXPECT_TRUE(f.session->takes().takes().empty());
  EXPECT_EQ(failure_, "");
}

TEST_F(ListeningTest, ClosingWhileListeningIsSafe) {
  record(120);
  addSoundClip(*f.session, "song.wav");
  ASSERT_TRUE(f.session->generate());
  QCoreApplication::processEvents();
  f.session.reset();
  ASSERT_TRUE(waitUntil([&] { return f.service.pendingJobs() == 0; }));
}

TEST(ListeningWindowTest, TheBarAndTheStatusSayWhatGoesOn) {
  testApplication();
  TemporaryFolder folder;
  putBytes(folder / "song.wav", clickWav(60, 100));
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> {
    return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
  });
  MainWindow window(WindowServices{service, QStringLiteral("CPU · fake"), {}, folder / "state"});
  window.setAsksBeforeClosing(false);
  window.show();
  Session& session = window.session();
  ASSERT_TRUE(session.saveAs(folder / "scene.kinescore"));
  addSoundClip(session, "song.wav");
  addSoundClip(session, "none.wav");
  window.action("Generate")->trigger();
  const auto* detail = window.status().findChild<QLabel*>(QStringLiteral("statusDetail"));
  ASSERT_NE(detail, nullptr);
  EXPECT_TRUE(waitUntil([&] { return detail->text() == QStringLiteral("listening to “song.wav”"); }));
  ASSERT_TRUE(waitUntil([&] { return !session.takes().takes().empty(); }));
  EXPECT_THAT(window.errors().sentence().toStdString(), AllOf(HasSubstr("is left out"), HasSubstr("none.wav")));
  EXPECT_EQ(session.takes().shown()->request.rhythms.size(), 1u);

  // What was heard is drawn on its clip: the wave and 13 beats within 8 s, at the least.
  window.timeline().grab();
  const int drawn = window.timeline().counters().shapes;
  session.newProject();
  ASSERT_TRUE(session.saveAs(folder / "other.kinescore"));
  addSoundClip(session, "song.wav");
  addSoundClip(session, "none.wav");
  window.timeline().grab();
  EXPECT_GT(drawn, window.timeline().counters().shapes + 10);
  window.close();
}

}  // namespace
}  // namespace kinescore
