// T20: sound clips are heard, along with the playhead and where it is dragged to.
#include <QLabel>
#include <QMenu>
#include <QThreadPool>
#include <QToolButton>

#include "tests/support/sounds.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/collected_sound.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/document/sound_player.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

constexpr double kPi = std::numbers::pi;

/// 440 Hz up to second 2, then 1,000 Hz.
double twoTones(double t) { return 0.5 * std::sin(2 * kPi * (t < 2 ? 440 : 1000) * t); }

/// A clock turned by hand, for the playhead and the sound card alike.
class SoundPlayingTest : public testing::Test {
 protected:
  void SetUp() override {
    putBytes(folder_ / "tones.wav", wavOf(8, 44100, twoTones));
    ASSERT_TRUE(f.session->saveAs(folder_ / "scene.kinescore"));
    auto output = std::make_unique<CollectedSound>();
    output_ = output.get();
    player_ = std::make_unique<SoundPlayer>(*f.session, std::move(output));
  }
  void TearDown() override {
    player_.reset();
    QThreadPool::globalInstance()->waitForDone();
  }

  Playback& playback() { return f.session->playback(); }
  ObjectId audioTrack() { return *f.session->trackOf(TrackKind::Audio, QStringLiteral("Add track")); }
  ObjectId addSound(double from, double to, double inPoint = 0, const std::string& file = "tones.wav",
                    std::optional<ObjectId> track = std::nullopt) {
    Clip clip;
    clip.trackId = track ? *track : audioTrack();
    clip.span = {ticksFromSeconds(from), ticksFromSeconds(to)};
    clip.condition = AudioCondition{.file = file, .inPoint = ticksFromSeconds(inPoint)};
    const auto patch = addClip(f.session->timeline(), f.session->document().ids(), clip);
    EXPECT_TRUE(f.session->document().edit(QStringLiteral("Add sound"), patch));
    return patch->changes.front().id;
  }
  ObjectId addTrackOf(TrackKind kind) {
    const auto patch = addTrack(f.session->timeline(), f.session->document().ids(), kind, "Another");
    EXPECT_TRUE(f.session->document().edit(QStringLiteral("Add track"), patch));
    return patch->changes.front().id;
  }
  void change(ObjectId trackId, bool Track::*field, bool on) {
    Track track = *f.session->timeline().findTrack(trackId);
    track.*field = on;
    ASSERT_TRUE(f.session->document().edit(QStringLiteral("Track"), changeTrack(f.session->timeline(), track)));
  }
  void setRange(double from, double to) {
    TimelineSettings settings = f.session->timeline().settings();
    settings.playRange = {ticksFromSeconds(from), ticksFromSeconds(to)};
    ASSERT_TRUE(f.session->document().edit(QStringLiteral("Range"), changeSettings(f.session->timeline(), settings)));
  }
  void ready() { ASSERT_TRUE(waitUntil([&] { return player_->isReady(); })); }

  /// What is heard in that time; the sound card's clock may be another than the playhead's.
  std::vector<float> hear(double seconds, double cardSpeed = 1) {
    constexpr double kTurn = 0.01;
    std::vector<float> heard;
    for (int i = 0; i < int(std::lround(seconds / kTurn)); ++i) {
      const auto part = output_->heardFor(kTurn * cardSpeed);
      heard.insert(heard.end(), part.begin(), part.end());
      f.nanoseconds += std::int64_t(kTurn * 1e9);
      playback().tick();
    }
    return heard;
  }
  std::vector<float> playFrom(double from, double seconds) {
    playback().seek(ticksFromSeconds(from));
    playback().play();
    auto heard = hear(seconds);
    playback().pause();
    QCoreApplication::processEvents();
    return heard;
  }
  double tone(const std::vector<float>& heard, double hertz, double from, double to) {
    return toneIn(heard, output_->rate, hertz, from, to);
  }
  std::vector<std::pair<double, double>> sounds(const std::vector<float>& heard) { return soundsIn(heard, output_->rate); }

  TemporaryFolder folder_;
  SessionFixture f;
  CollectedSound* output_ = nullptr;
  std::unique_ptr<SoundPlayer> player_;
};

TEST_F(SoundPlayingTest, T20_AClipIsHeardWhereItLies) {
  addSound(1, 3);
  ready();
  const auto heard = playFrom(0, 4);
  ASSERT_EQ(sounds(heard).size(), 1u);
  EXPECT_NEAR(sounds(heard)[0].first, 1, 0.01);
  EXPECT_NEAR(sounds(heard)[0].second, 3, 0.01);
  EXPECT_NEAR(tone(heard, 440, 1.1, 2.9), 0.5, 0.01);
  EXPECT_EQ(player_->corrections(), 0);
}

TEST_F(SoundPlayingTest, T20_SlippedFastSlowAndBackwards) {
  addSound(1, 5, 2);
  ready();
  const auto slipped = playFrom(0.5, 2);
  EXPECT_NEAR(sounds(slipped).at(0).first, 0.5, 0.01);
  EXPECT_NEAR(tone(slipped, 1000, 0.6, 1.9), 0.5, 0.01);
  playback().setPlaySpeed(2);
  EXPECT_NEAR(tone(playFrom(1.5, 1), 2000, 0.1, 0.9), 0.5, 0.01);
  playback().setPlaySpeed(0.5);
  EXPECT_NEAR(tone(playFrom(1.5, 1), 500, 0.1, 0.9), 0.5, 0.01);
  playback().setPlaySpeed(1);

  addSound(6, 10);
  ready();
  playback().seek(ticksFromSeconds(9));
  playback().shuttle(-1);
  const auto back = hear(2);
  EXPECT_NEAR(tone(back, 1000, 0.1, 0.9), 0.5, 0.01) << "what comes last is heard first";
  EXPECT_NEAR(tone(back, 440, 1.1, 1.9), 0.5, 0.01);
  EXPECT_LT(tone(back, 440, 0.1, 0.9), 0.02);
  // Turned round in the middle of it.
  playback().pause();
  playback().seek(ticksFromSeconds(8.5));
  playback().shuttle(1);
  EXPECT_NEAR(tone(hear(1), 1000, 0.1, 0.9), 0.5, 0.01);
}

TEST_F(SoundPlayingTest, T20_WhatIsMutedIsSilentAndSoloIsHeardAlone) {
  const ObjectId low = audioTrack(), high = addTrackOf(TrackKind::Audio);
  const ObjectId clip = addSound(0, 10, 0, "tones.wav", low);
  putBytes(folder_ / "high.wav", wavOf(8, 44100, [](double t) { return 0.3 * std::sin(2 * kPi * 3000 * t); }));
  addSound(0, 10, 0, "high.wav", high);
  const auto expectHeard = [&](double lowLoudness, double highLoudness, const char* why) {
    ready();
    const auto heard = playFrom(0, 1);
    EXPECT_NEAR(tone(heard, 440, 0.1, 0.9), lowLoudness, 0.01) << why;
    EXPECT_NEAR(tone(heard, 3000, 0.1, 0.9), highLoudness, 0.01) << why;
  };
  expectHeard(0.5, 0.3, "both");
  change(high, &Track::muted, true);
  expectHeard(0.5, 0, "the other is muted");
  change(high, &Track::muted, false);
  change(high, &Track::soloed, true);
  expectHeard(0, 0.3, "the other is alone");
  change(high, &Track::soloed, false);
  change(f.track(TrackKind::Text), &Track::soloed, true);
  expectHeard(0.5, 0.3, "prompts that are alone silence no sound");
  f.session->selection().selectClip(clip);
  setSelectedClipsMuted(*f.session, true);
  expectHeard(0, 0.3, "a muted clip");
}

TEST_F(SoundPlayingTest, T20_PauseStopsAtOnceAndIsNoScrubbing) {
  addSound(0, 8);
  ready();
  playback().play();
  EXPECT_GT(loudestIn(hear(0.5), output_->rate, 0.1, 0.5), 0.4);
  playback().pause();
  EXPECT_FALSE(output_->isOpen());
  EXPECT_EQ(loudestIn(hear(0.5), output_->rate, 0, 0.5), 0);
  EXPECT_EQ(output_->starts, 1);
  // At the end of the range as well.
  playback().setRepeat(Playback::Repeat::Once);
  setRange(0, 1);
  playFrom(0.8, 1);
  EXPECT_FALSE(output_->isOpen());
}

TEST_F(SoundPlayingTest, T20_LoopsGoOnWithoutAGap) {
  putBytes(folder_ / "beep.wav", wavOf(1, 44100, [](double t) { return t < 0.2 ? 0.5 * std::sin(2 * kPi * 440 * t) : 0; }));
  addSound(1, 2, 0, "beep.wav");
  setRange(1, 2);
  ready();
  for (const double wait : {0.0, 0.05}) {
    output_->waits = wait;
    const auto starts = sounds(playFrom(1, 3.5));
    ASSERT_EQ(starts.size(), 4u) << wait;
    for (std::size_t i = 1; i < 4; ++i) {
      EXPECT_NEAR(starts[i].first + wait, double(i), 0.01);
      EXPECT_NEAR(starts[i].second - starts[i].first, 0.2, 0.01);
    }
  }
  // To and fro: what lies at the end is heard on both ways.
  output_->waits = 0;
  playback().setRepeat(Playback::Repeat::PingPong);
  setRange(0.7, 1.7);
  const auto both = sounds(playFrom(0.7, 2.4));
  ASSERT_EQ(both.size(), 3u);
  EXPECT_NEAR(both[0].first, 0.3, 0.01);
  EXPECT_NEAR(both[1].first, 1.5, 0.02);
  EXPECT_NEAR(both[2].first, 2.3, 0.02);
}

TEST_F(SoundPlayingTest, T20_ASeekWhilePlayingIsHeard) {
  addSound(0, 8);
  ready();
  playback().play();
  EXPECT_NEAR(tone(hear(0.5), 440, 0.1, 0.5), 0.5, 0.01);
  playback().seek(ticksFromSeconds(4));
  EXPECT_NEAR(tone(hear(0.5), 1000, 0.02, 0.5), 0.5, 0.02);
  EXPECT_EQ(player_->corrections(), 1);
}

TEST_F(SoundPlayingTest, T20_ASlowSoundCardIsSetRight) {
  putBytes(folder_ / "beep.wav", wavOf(1, 44100, [](double t) { return t < 0.2 ? 0.5 * std::sin(2 * kPi * 440 * t) : 0; }));
  addSound(8, 9, 0, "beep.wav");
  ready();
  playback().play();
  const double cardSpeed = 0.97;
  const auto heard = hear(8.5, cardSpeed);
  ASSERT_EQ(sounds(heard).size(), 1u);
  EXPECT_NEAR(sounds(heard)[0].first / cardSpeed, 8, 0.05) << "without setting right it would be a quarter of a second late";
  EXPECT_GT(player_->corrections(), 3);
}

TEST_F(SoundPlayingTest, T20_SoundThatIsHeardLaterIsReadEarlier) {
  addSound(1, 3);
  ready();
  output_->waits = 0.1;
  const auto heard = playFrom(0, 2);
  EXPECT_NEAR(sounds(heard).at(0).first + output_->waits, 1, 0.012);
}

TEST_F(SoundPlayingTest, T20_ScrubbingGivesAMomentOfSound) {
  addSound(1, 5);
  ready();
  playback().seek(ticksFromSeconds(1.5));
  const auto grain = hear(0.3);
  ASSERT_EQ(sounds(grain).size(), 1u);
  EXPECT_LT(sounds(grain)[0].first, 0.01);
  EXPECT_NEAR(sounds(grain)[0].second, 0.08, 0.01);
  EXPECT_NEAR(tone(grain, 440, 0.01, 0.07), 0.5, 0.05);
  // The next place instead of the last one.
  playback().seek(ticksFromSeconds(2));
  playback().seek(ticksFromSeconds(4));
  EXPECT_NEAR(tone(hear(0.3), 1000, 0.01, 0.07), 0.5, 0.05);
  EXPECT_EQ(output_->starts, 1) << "the device stays open in between";
  EXPECT_TRUE(waitUntil([&] { return !output_->isOpen(); })) << "and is given back";
  // Where nothing lies, nothing is opened.
  playback().seek(ticksFromSeconds(7));
  EXPECT_FALSE(output_->isOpen());
  // Off.
  player_->setScrubs(false);
  playback().seek(ticksFromSeconds(2));
  EXPECT_FALSE(output_->isOpen());
  player_->setScrubs(true);
  player_->setOn(false);
  playback().seek(ticksFromSeconds(3));
  EXPECT_FALSE(output_->isOpen());
}

TEST_F(SoundPlayingTest, T20_NothingIsOpenedWithoutSound) {
  f.addPrompt(0, 4, "walk");
  playFrom(0, 1);
  const ObjectId none = addSound(0, 4, 0, "none.wav");
  putBytes(folder_ / "broken.wav", "RIFF\1\2\3\4WAVEnothing");
  addSound(4, 8, 0, "broken.wav");
  QTest::qWait(300);
  QThreadPool::globalInstance()->waitForDone();
  QCoreApplication::processEvents();
  playFrom(0, 1);
  playFrom(4, 1);
  EXPECT_EQ(output_->starts, 0);
  EXPECT_EQ(player_->problem(), QString());
  EXPECT_NE(f.session->timeline().findClip(none), nullptr);

  addSound(0, 4);
  player_->setOn(false);
  playFrom(0, 1);
  EXPECT_EQ(output_->starts, 0);
  // It is heard from the moment it is switched on and read.
  playback().play();
  player_->setOn(true);
  ASSERT_TRUE(waitUntil([&] { return output_->isOpen(); }));
  EXPECT_GT(loudestIn(hear(0.5), output_->rate, 0.1, 0.5), 0.4);
  player_->setOn(false);
  EXPECT_FALSE(output_->isOpen());
}

TEST_F(SoundPlayingTest, T20_AFileThatChangesIsHeardAsItIsNow) {
  addSound(0, 8);
  ready();
  EXPECT_NEAR(tone(playFrom(0, 1), 440, 0.1, 0.9), 0.5, 0.01);
  putBytes(folder_ / "tones.wav", wavOf(7, 44100, [](double t) { return 0.5 * std::sin(2 * kPi * 3000 * t); }));
  playFrom(0, 0.1);
  EXPECT_TRUE(waitUntil([&] { return tone(playFrom(0, 0.5), 3000, 0.1, 0.5) > 0.4; }));
}

/// Qt's words, warnings and worse.
struct Warnings {
  static inline QStringList words;
  Warnings() {
    words.clear();
    before = qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
      if (type != QtDebugMsg && type != QtInfoMsg) words << text;
    });
  }
  ~Warnings() { qInstallMessageHandler(before); }
  QtMessageHandler before;
};

TEST(SoundDeviceTest, WithoutASoundServerItSaysSoAndWarnsOfNothing) {
  testApplication();
  TemporaryFolder folder;
  const QByteArray server = qgetenv("PULSE_SERVER");
  qputenv("PULSE_SERVER", QByteArray::fromStdString((folder / "none").string()));
  const Warnings warnings;
  const auto device = openSoundDevice();
  EXPECT_EQ(device->problem(), QString()) << "nobody has looked yet";
  QElapsedTimer timer;
  timer.start();
  device->start(48000, 2, [](std::span<float>) { ADD_FAILURE() << "there is nobody to pull"; });
  EXPECT_LT(timer.elapsed(), 50) << "looking is not waited for";
  EXPECT_TRUE(waitUntil([&] { return !device->problem().isEmpty(); }));
  EXPECT_EQ(device->problem(), QStringLiteral("No sound device was found."));
  device->stop();
  EXPECT_EQ(Warnings::words, QStringList());
  server.isNull() ? qunsetenv("PULSE_SERVER") : qputenv("PULSE_SERVER", server);
}

/// The window with a sound clip and an output of ours.
class SoundWindow : public Expectations {
 protected:
  WindowServices services() override {
    WindowServices given = Expectations::services();
    given.openSound = [this] {
      auto made = std::make_unique<CollectedSound>();
      output_ = made.get();
      made->saysWhenStarted = says_;
      return made;
    };
    return given;
  }
  void SetUp() override {
    Expectations::SetUp();
    putBytes(folder_ / "tones.wav", wavOf(8, 44100, twoTones));
    ASSERT_TRUE(session().saveAs(folder_ / "scene.kinescore"));
    const auto track = session().trackOf(TrackKind::Audio, QStringLiteral("Add track"));
    addTo(*track, {at(0), at(240)}, AudioCondition{.file = "tones.wav"});
    ASSERT_TRUE(waitUntil([&] { return window_->sound().isReady(); }));
    view().fitAll();
  }
  QToolButton* speaker() { return find<QToolButton>("sound"); }
  QString says_;
  CollectedSound* output_ = nullptr;
};

TEST_F(SoundWindow, T20_DraggingOverTheRulerIsHeard) {
  press({xOf(20), 32});
  for (const auto& [frame, hertz] : {std::pair(30, 440.0), {100, 1000.0}, {40, 440.0}}) {
    moveTo({xOf(frame), 32});
    // No event loop ran in between: the same frame that is shown is heard.
    const auto heard = output_->heardFor(0.1);
    EXPECT_NEAR(toneIn(heard, output_->rate, hertz, 0.01, 0.07), 0.5, 0.06) << frame;
    EXPECT_EQ(loudestIn(heard, output_->rate, 0.09, 0.1), 0);
  }
  release({xOf(40), 32});
  window_->action("Sound While Scrubbing")->trigger();
  EXPECT_FALSE(window_->action("Sound While Scrubbing")->isChecked());
  output_->heardFor(0.2);
  press({xOf(20), 32});
  moveTo({xOf(30), 32});
  EXPECT_EQ(loudestIn(output_->heardFor(0.1), output_->rate, 0, 0.1), 0);
  release({xOf(30), 32});
}

TEST_F(SoundWindow, T20_PlayingIsHeardAndSwitchedByButtonMenuAndKey) {
  EXPECT_TRUE(speaker()->isChecked());
  key(Qt::Key_Space);
  ASSERT_TRUE(output_->isOpen());
  EXPECT_NEAR(toneIn(output_->heardFor(0.3), output_->rate, 440, 0.1, 0.3), 0.5, 0.02);
  QTest::mouseClick(speaker(), Qt::LeftButton);
  EXPECT_FALSE(output_->isOpen());
  EXPECT_TRUE(playback().isPlaying());
  EXPECT_FALSE(window_->action("Sound")->isChecked());
  EXPECT_FALSE(window_->action("Sound While Scrubbing")->isEnabled());
  view().setFocus();
  key(Qt::Key_S, Qt::AltModifier);
  EXPECT_TRUE(speaker()->isChecked());
  EXPECT_TRUE(waitUntil([&] { return output_->isOpen(); }));
  key(Qt::Key_Space);
  EXPECT_FALSE(output_->isOpen());
}

TEST_F(SoundWindow, T20_TheSwitchesAreRemembered) {
  window_->action("Sound")->trigger();
  window_->action("Sound While Scrubbing")->trigger();
  window_->close();
  window_.reset();
  window_ = std::make_unique<MainWindow>(services());
  window_->setAsksBeforeClosing(false);
  window_->show();
  EXPECT_FALSE(window_->sound().isOn());
  EXPECT_TRUE(window_->sound().scrubs()) << "an entry that is grey changes nothing";
  EXPECT_FALSE(speaker()->isChecked());
  window_->action("Sound")->trigger();
  window_->action("Sound While Scrubbing")->trigger();
  window_->close();
  window_.reset();
  window_ = std::make_unique<MainWindow>(services());
  window_->setAsksBeforeClosing(false);
  window_->show();
  EXPECT_TRUE(speaker()->isChecked());
  EXPECT_FALSE(window_->sound().scrubs());
}

TEST_F(SoundWindow, NothingOfTheTransportIsCoveredInANarrowWindow) {
  QWidget* bar = speaker()->parentWidget();
  for (const int width : {1180, 1300, 1440, 1600}) {
    for (const bool asks : {false, true}) {
      window_->resize(width, 720);
      session().selection().setTime(asks ? std::optional(TimeSelection{{at(100), at(200)}, {}, {}}) : std::nullopt);
      QCoreApplication::processEvents();
      std::vector<const QWidget*> parts;
      for (const QWidget* part : bar->findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
        // The line of the focus lies over the whole of it.
        if (part->isVisible() && part->width() < bar->width()) parts.push_back(part);
      }
      std::sort(parts.begin(), parts.end(), [](const QWidget* a, const QWidget* b) { return a->x() < b->x(); });
      EXPECT_TRUE(speaker()->isVisible());
      for (std::size_t i = 1; i < parts.size(); ++i) {
        EXPECT_GT(parts[i]->x(), parts[i - 1]->geometry().right())
            << width << (asks ? ", asking to regenerate: " : ": ") << parts[i - 1]->accessibleName().toStdString() << ", "
            << parts[i]->accessibleName().toStdString();
      }
      EXPECT_LT(parts.back()->geometry().right(), bar->width());
    }
  }
  session().selection().setTime(std::nullopt);
}

class SilentWindow : public SoundWindow {
 protected:
  SilentWindow() { says_ = QStringLiteral("No sound device was found."); }
};

TEST_F(SilentWindow, T20_WithoutADeviceTheSwitchSaysSo) {
  EXPECT_EQ(speaker()->toolTip(), QStringLiteral("Sound  (Alt+S)"));
  key(Qt::Key_Space);
  EXPECT_EQ(speaker()->toolTip(), QStringLiteral("Sound  (Alt+S)\nNo sound device was found."));
  EXPECT_EQ(speaker()->accessibleDescription(), says_);
  const Ticks before = playback().position();
  EXPECT_TRUE(waitUntil([&] { return playback().position() != before; })) << "the figure plays all the same";
  key(Qt::Key_Space);
  EXPECT_TRUE(window_->errors().isHidden());
}

}  // namespace
}  // namespace kinescore
