// T1–T5: time.
#include <nlohmann/json.hpp>

#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>

#include "engine/core/files.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/theme/tokens.h"

namespace kinescore {
namespace {

const std::vector<FrameRate>& ratesInUse() {
  static const std::vector<FrameRate> rates{{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1},
                                            {48, 1},       {50, 1}, {60000, 1001}, {60, 1}, {120, 1}};
  return rates;
}

/// The button of the transport bar that shows the rate, with all rates in its menu.
QPushButton* rateButton(MainWindow& window) {
  for (QPushButton* button : window.findChildren<QPushButton*>()) {
    if (button->accessibleName() == QStringLiteral("Frame rate")) {
      return button;
    }
  }
  return nullptr;
}

TEST_F(Expectations, T1_TimeIsShownInFramesOfTheProjectsRateAndOtherwiseByOneClick) {
  setRate({24, 1});
  playback().seek(ticksFromSeconds(2));
  EXPECT_EQ(playback().frame(), 48);
  const ObjectId words = prompt(24, 72, "walk");
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  QStringList shown;
  for (const FrameField* field : find<QWidget>("inspector")->findChildren<FrameField*>()) {
    if (field->isVisible() && field->isEnabled()) {
      shown << field->text();
    }
  }
  EXPECT_EQ(shown, (QStringList{QStringLiteral("24"), QStringLiteral("72"), QStringLiteral("48 f")}));

  const QRect ruler(0, measure::kRuler - 20, view().width(), 20);
  EXPECT_EQ(view().timeDisplay(), TimeDisplay::Frames);
  std::vector<QImage> pictures{picture(ruler)};
  for (const TimeDisplay display : {TimeDisplay::Seconds, TimeDisplay::Timecode}) {
    click(view().displayButton().center());
    EXPECT_EQ(view().timeDisplay(), display);
    pictures.push_back(picture(ruler));
    EXPECT_NE(pictures[pictures.size() - 2], pictures.back());
  }
  click(view().displayButton().center());
  EXPECT_EQ(picture(ruler), pictures.front());
}

TEST_F(Expectations, T1_AnyFormIsTypedIntoEveryTimeField) {
  setRate({24, 1});
  const ObjectId words = prompt(10, 110, "walk");
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  QList<FrameField*> fields = find<QWidget>("inspector")->findChildren<FrameField*>();
  fields << find<FrameField>("timecode");
  int tried = 0;
  for (FrameField* field : fields) {
    if (!field->isVisible() || !field->isEnabled()) {
      continue;
    }
    ++tried;
    for (const auto& [text, frame] : std::vector<std::pair<const char*, int>>{
             {"48", 48}, {"60", 60}, {"2s", 48}, {"00:00:02:12", 60}}) {
      write(field, QString::fromLatin1(text));
      EXPECT_EQ(field->frame(), frame) << text;
    }
    write(field, QStringLiteral("48"));
    write(field, QStringLiteral("+12"));
    EXPECT_EQ(field->frame(), 60);
    write(field, QStringLiteral("00:00:02:00"));
    EXPECT_EQ(field->frame(), 48);
    session().document().edit(QStringLiteral("Back"), trimClip(session().timeline(), words, {at(10), at(110)}));
  }
  EXPECT_EQ(tried, 4);
}

TEST_F(Expectations, T2_SpansAreHalfOpenTheLastOneToo) {
  const ObjectId first = prompt(0, 60, "walk"), next = prompt(75, 120, "run");
  // Dragged against it the next one begins where the first one ends, and they share nothing.
  const QPoint from = middleOf(next);
  drag(from, from - QPoint(xOf(75) - xOf(60) - 3, 0));
  EXPECT_EQ(framesOf(next), (FrameRange{60, 105}));
  EXPECT_FALSE(spanOf(first).overlaps(spanOf(next)));
  EXPECT_TRUE(view().joinRect(first, next).isEmpty());
  EXPECT_TRUE(spanOf(first).contains(at(59)));
  EXPECT_FALSE(spanOf(first).contains(at(60)));
  EXPECT_TRUE(spanOf(next).contains(at(60)));

  // A split at 30 gives [0, 30) and [30, 60).
  session().selection().selectClip(first);
  playback().seekFrame(30);
  key(Qt::Key_K, Qt::ControlModifier);
  const auto& clips = clipsOf(TrackKind::Text);
  ASSERT_EQ(clips.size(), 3u);
  EXPECT_EQ(framesOf(clips[0]->id), (FrameRange{0, 30}));
  EXPECT_EQ(framesOf(clips[1]->id), (FrameRange{30, 60}));

  // Ten seconds are frames 0 to 299: of the playhead, of the take and of what is written.
  key(Qt::Key_End);
  EXPECT_EQ(playback().frame(), 299);
  generate();
  EXPECT_EQ(session().takes().shown()->result.motion->frameCount(), 300);
  ExportDialog dialog(session());
  dialog.setFormat(ExportFormat::Bvh);
  dialog.setFile(QString::fromStdString(folder_.path().string()), QStringLiteral("walk"));
  ASSERT_TRUE(dialog.exportNow());
  const auto bytes = readFile(dialog.filePath().toStdString());
  ASSERT_TRUE(bytes.ok());
  EXPECT_NE(bytes->find("Frames: " + std::to_string(300)), std::string::npos);
}

TEST_F(Expectations, T3_EveryRateIsOfferedAndThreeSecondsStayThreeSeconds) {
  const ObjectId words = addTo(track(TrackKind::Text), {ticksFromSeconds(1), ticksFromSeconds(4)}, TextCondition{"walk"});
  session().selection().selectClip(words);
  QPushButton* button = rateButton(*window_);
  ASSERT_NE(button, nullptr);
  QStringList offered;
  for (const QAction* entry : button->menu()->actions()) {
    offered << entry->text();
  }
  EXPECT_EQ(offered.join(u' '), QStringLiteral("23.976 fps 24 fps 25 fps 29.97 fps 30 fps 48 fps 50 fps 59.94 fps 60 fps 120 fps"));
  generate();
  const std::string motion = session().takes().shown()->motionHash();
  for (std::size_t i = 0; i < ratesInUse().size(); ++i) {
    button->menu()->actions().at(int(i))->trigger();
    QCoreApplication::processEvents();
    const FrameRate rate = ratesInUse()[i];
    ASSERT_EQ(session().rate(), rate);
    EXPECT_EQ(spanOf(words), (TimeRange{ticksFromSeconds(1), ticksFromSeconds(4)}));
    EXPECT_EQ(session().takes().shown()->motionHash(), motion);
    QStringList shown;
    for (const FrameField* field : find<QWidget>("inspector")->findChildren<FrameField*>()) {
      if (field->isVisible()) {
        shown << field->text();
      }
    }
    EXPECT_EQ(shown.value(2), QStringLiteral("%1 f").arg(nearestFrame(ticksFromSeconds(4), rate) - nearestFrame(ticksFromSeconds(1), rate)));
  }
}

TEST_F(Expectations, T3_TheEnginesOwnRateIsNeverSeen) {
  setRate({24, 1});
  prompt(0, 240, "walk");
  generate();
  session().selection().setTime(TimeSelection{{at(48), at(96)}, at(12), at(24)});
  QCoreApplication::processEvents();
  EXPECT_EQ(window_->findChild<QPushButton*>(QStringLiteral("regenerate"))->text(), QStringLiteral("Regenerate 36–120"));
  window_->action("Regenerate Range")->trigger();
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 2; }));
  EXPECT_EQ(takeExtentText(*session().takes().shown(), session().rate()), QStringLiteral("Frames 36–119"));
  playback().toEnd();
  EXPECT_EQ(playback().frame(), 239);
  // Nothing that can be read in the window counts to 300.
  for (const QLabel* label : window_->findChildren<QLabel*>()) {
    EXPECT_FALSE(label->text().contains(QRegularExpression(QStringLiteral("\\b(299|300|30 fps|30 Hz)\\b"))))
        << label->text().toStdString();
  }
}

/// Every number under a name of a time, wherever it stands.
void collectTimes(const nlohmann::json& in, bool isTime, std::vector<nlohmann::json>& times) {
  static const std::set<std::string> names{"span", "time", "duration", "playRange", "inPoint"};
  if (in.is_number() && isTime) {
    times.push_back(in);
  } else if (in.is_object()) {
    for (auto entry = in.begin(); entry != in.end(); ++entry) {
      collectTimes(*entry, isTime || names.count(entry.key()) != 0, times);
    }
  } else if (in.is_array()) {
    for (const nlohmann::json& entry : in) {
      collectTimes(entry, isTime, times);
    }
  }
}

TEST_F(Expectations, T4_TimesAreIntegersInABaseFineEnoughForEveryRateAndForSound) {
  for (const FrameRate rate : ratesInUse()) {
    const Ticks second{std::int64_t(rate.denominator) * kTicksPerSecond};
    EXPECT_EQ(second.value % rate.numerator, 0) << rate.fps();
    EXPECT_EQ(ticksOfFrame(rate.numerator, rate), second);
  }
  for (const std::int64_t samples : {8000, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192000}) {
    EXPECT_EQ(kTicksPerSecond % samples, 0) << samples;
  }
  // A clip of odd frames at an odd rate is the same after it was saved and opened.
  setRate({24000, 1001});
  const ObjectId words = prompt(1, 101, "walk");
  const TimeRange span = spanOf(words);
  EXPECT_EQ(span.length().value, 100 * kTicksPerSecond * 1001 / 24000);
  const std::filesystem::path file = folder_.path() / "odd.kinescore";
  ASSERT_TRUE(session().saveAs(file).ok());
  const auto text = readFile(file);
  ASSERT_TRUE(text.ok());
  std::vector<nlohmann::json> times;
  collectTimes(nlohmann::json::parse(*text), false, times);
  EXPECT_GE(times.size(), 4u);
  for (const nlohmann::json& time : times) {
    EXPECT_TRUE(time.is_number_integer()) << time.dump();
  }
  ASSERT_TRUE(window_->openProject(file));
  EXPECT_EQ(spanOf(words), span);
}

TEST_F(Expectations, T5_ProjectRangePlayRangeAndClipLengthsAreThreeThings) {
  const ObjectId words = prompt(30, 90, "walk");
  const auto settings = [&] { return session().timeline().settings(); };
  playback().seekFrame(60);
  key(Qt::Key_I);
  playback().seekFrame(63);
  key(Qt::Key_O);
  const TimeRange range = settings().playRange;
  EXPECT_EQ(nearestFrame(range.start, session().rate()), 60);
  EXPECT_LE(nearestFrame(range.end, session().rate()), 64);
  EXPECT_EQ(settings().duration, ticksFromSeconds(10));
  EXPECT_EQ(framesOf(words), (FrameRange{30, 90}));

  session().selection().selectNothing();
  QCoreApplication::processEvents();
  write(find<FrameField>("duration"), QStringLiteral("200"));
  EXPECT_EQ(settings().duration, at(200));
  EXPECT_EQ(settings().playRange, range);
  EXPECT_EQ(framesOf(words), (FrameRange{30, 90}));

  const QRect rect = view().rectOf(words);
  drag({rect.right() - 1, rect.center().y()}, {xOf(150), rect.center().y()});
  EXPECT_NEAR(double(framesOf(words).end), 150, 1.1);
  EXPECT_EQ(settings().duration, at(200));
  EXPECT_EQ(settings().playRange, range);

  // It plays round and round inside the play range alone.
  view().setFocus();
  std::vector<Ticks> places;
  QObject::connect(&playback(), &Playback::positionChanged, &view(), [&](Ticks time) { places.push_back(time); });
  playback().seekFrame(60);
  key(Qt::Key_Space);
  ASSERT_TRUE(playback().isPlaying());
  const auto turned = [&] { return std::adjacent_find(places.begin(), places.end(), std::greater<>()) != places.end(); };
  ASSERT_TRUE(waitUntil(turned));
  key(Qt::Key_Space);
  EXPECT_FALSE(playback().isPlaying());
  for (const Ticks place : places) {
    EXPECT_TRUE(range.contains(place)) << secondsOf(place);
  }
}

}  // namespace
}  // namespace kinescore
