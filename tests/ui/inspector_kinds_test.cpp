// The inspector's page of every kind of clip, driven through its own fields.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QTableWidget>
#include <fstream>

#include "engine/project/media_files.h"
#include "tests/ui/main_window_fixture.h"
#include "ui/document/clip_adding.h"
#include "ui/document/edit_commands.h"
#include "ui/panels/inspector.h"
#include "ui/panels/media_page.h"
#include "ui/widgets/color_choice.h"
#include "ui/widgets/field_label.h"

namespace kinescore {
namespace {

class InspectorKindsTest : public MainWindowTest {
 protected:
  /// A track of the kind with one clip from 1 to 3 s (a key at 1 s), selected.
  ObjectId add(TrackKind kind, Condition condition, double from = 1, double to = 3) {
    if (trackOf(kind).value == 0) {
      session().document().edit(QStringLiteral("Track"), addTrack(session().timeline(), session().document().ids(), kind, "Track"));
    }
    Clip clip;
    clip.trackId = trackOf(kind);
    clip.span = {ticksFromSeconds(from), to > from ? ticksFromSeconds(to) : ticksFromSeconds(from) + Ticks{1}};
    clip.condition = std::move(condition);
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    EXPECT_TRUE(session().document().edit(QStringLiteral("Clip"), patch));
    id_ = patch->changes.front().id;
    session().selection().selectClip(id_);
    QCoreApplication::processEvents();
    return id_;
  }
  ObjectId trackOf(TrackKind kind) {
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind == kind) {
        return track->id;
      }
    }
    return {};
  }
  std::shared_ptr<const Clip> clip() { return session().timeline().findClip(id_); }
  template <class Condition>
  const Condition& condition() {
    shown_ = clip();
    return std::get<Condition>(shown_->condition);
  }
  ClipPage* page() {
    for (ClipPage* one : window_->findChildren<ClipPage*>()) {
      if (one->isVisible()) {
        return one;
      }
    }
    return nullptr;
  }
  template <class Widget>
  Widget* field(const char* name) {
    auto* found = page() != nullptr ? page()->findChild<Widget*>(QString::fromLatin1(name)) : nullptr;
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  /// Types a number and Enter; one step of the history.
  void type(const char* name, const char* words) {
    auto* line = field<QLineEdit>(name);
    const int before = steps();
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, QString::fromLatin1(words));
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_EQ(steps(), before + 1) << name;
  }
  void choose(const char* name, int place) {
    const int before = steps();
    field<SegmentedChoice>(name)->findChildren<QToolButton*>().at(place)->click();
    EXPECT_EQ(steps(), before + 1) << name << " " << place;
  }
  void click(const char* name) { field<QAbstractButton>(name)->click(); }
  int steps() { return session().document().undoStack().index(); }
  std::filesystem::path file(const char* name) {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path) << "no sound";
    return path;
  }

  ObjectId id_;
  std::shared_ptr<const Clip> shown_;
};

TEST_F(InspectorKindsTest, EveryKindHasItsPageWithTimesAndName) {
  const std::vector<std::tuple<TrackKind, Condition, const char*>> kinds{
      {TrackKind::Text, TextCondition{"walk"}, "Text prompt"},
      {TrackKind::Audio, AudioCondition{.file = "a.wav"}, "Sound"},
      {TrackKind::Video, VideoCondition{.file = "a.mp4"}, "Video"},
      {TrackKind::Pose, PoseCondition{.pose = session().poseAt(Ticks{0})}, "Pose"},
      {TrackKind::Pose, TargetCondition{.joint = kLeftHand}, "Target"},
      {TrackKind::Path, PathCondition{{{Ticks{0}, {0, 0}}}}, "Path"},
      {TrackKind::Contact, ContactCondition{}, "Planted foot"}};
  double at = 0;
  for (const auto& [kind, made, title] : kinds) {
    const bool isKey = kind == TrackKind::Pose;
    at += 0.7;
    add(kind, made, at, isKey ? at : at + 2);
    ASSERT_NE(page(), nullptr) << title;
    EXPECT_EQ(page()->title(), QString::fromLatin1(title));
    type(isKey ? "key frame" : "clip start", "30");
    EXPECT_EQ(clip()->span.start, ticksFromSeconds(1)) << title;
    type(isKey ? "key hold" : "clip length", "15");
    EXPECT_EQ(clip()->span.length(), ticksFromSeconds(0.5)) << title;
    if (!isKey && kind != TrackKind::Text) {
      type("clip name", "mine");
      EXPECT_EQ(clip()->name, "mine");
    }
    const std::vector<ObjectId> ids{id_};
    session().document().edit(QStringLiteral("Delete"), deleteClips(session().timeline(), ids));
  }
}

TEST_F(InspectorKindsTest, ALockedClipsFieldsAreOffWithTheReasonAndOneClickUnlocksIt) {
  add(TrackKind::Audio, AudioCondition{.file = "a.wav"});
  EXPECT_TRUE(field<QLineEdit>("tempo")->isEnabled());
  setSelectedClipsLocked(session(), true);
  EXPECT_FALSE(field<QLineEdit>("tempo")->isEnabled());
  auto* words = window_->findChild<QLabel*>(QStringLiteral("clip state"));
  for (auto* one : window_->findChildren<QLabel*>(QStringLiteral("clip state"))) {
    words = one->isVisible() ? one : words;
  }
  EXPECT_TRUE(words->text().contains(QStringLiteral("unlock"))) << words->text().toStdString();
  click("clip state button");
  EXPECT_TRUE(field<QLineEdit>("tempo")->isEnabled());
  EXPECT_FALSE(words->isVisible());
  setSelectedClipsMuted(session(), true);
  EXPECT_TRUE(words->isVisible());
  EXPECT_TRUE(field<QLineEdit>("tempo")->isEnabled());
  click("clip state button");
  EXPECT_FALSE(clip()->muted);
}

TEST_F(InspectorKindsTest, ALockedTrackSaysSo) {
  add(TrackKind::Contact, ContactCondition{});
  Track track = *session().timeline().findTrack(clip()->trackId);
  track.locked = true;
  session().document().edit(QStringLiteral("Lock"), changeTrack(session().timeline(), track));
  EXPECT_FALSE(field<SegmentedChoice>("foot")->isEnabled());
  EXPECT_FALSE(field<QPushButton>("clip state button")->isVisible());
}

// ---- sound ------------------------------------------------------------------------------------

TEST_F(InspectorKindsTest, SoundHasInPointTempoOffsetAndKind) {
  add(TrackKind::Audio, AudioCondition{.file = "a.wav"});
  EXPECT_FALSE(field<QLineEdit>("beat offset")->isEnabled());
  EXPECT_FALSE(field<QLineEdit>("beat offset")->toolTip().isEmpty());
  choose("sound kind", 2);
  EXPECT_EQ(condition<AudioCondition>().kind, SoundKind::Speech);
  type("in point", "1s");
  EXPECT_EQ(condition<AudioCondition>().inPoint, ticksFromSeconds(1));
  type("tempo", "118.5");
  EXPECT_DOUBLE_EQ(condition<AudioCondition>().beatsPerMinute, 118.5);
  EXPECT_FALSE(field<SegmentedChoice>("sound kind")->isEnabled());
  type("beat offset", "0.25");
  EXPECT_DOUBLE_EQ(condition<AudioCondition>().beatOffsetSeconds, 0.25);
}

TEST_F(InspectorKindsTest, TapsGiveTheTempoAsOneStepAndWhilePlayingTheBeat) {
  add(TrackKind::Audio, AudioCondition{.file = "a.wav"});
  auto* sound = qobject_cast<AudioPage*>(page());
  ASSERT_NE(sound, nullptr);
  std::chrono::milliseconds now{1000};
  sound->setClock([&] { return std::chrono::nanoseconds(now); });
  const int before = steps();
  auto* button = field<QPushButton>("tap");
  const auto tap = [&](int milliseconds) {
    now += std::chrono::milliseconds(milliseconds);
    QTest::mouseClick(button, Qt::LeftButton);
  };
  tap(0);
  tap(500);
  EXPECT_EQ(steps(), before);  // one beat says little
  tap(500);
  tap(500);
  EXPECT_DOUBLE_EQ(condition<AudioCondition>().beatsPerMinute, 120);
  EXPECT_EQ(steps(), before + 1);
  tap(5000);  // another go
  tap(600);
  tap(600);
  EXPECT_DOUBLE_EQ(condition<AudioCondition>().beatsPerMinute, 100);
  EXPECT_EQ(steps(), before + 2);
  session().document().undoStack().undo();
  EXPECT_DOUBLE_EQ(condition<AudioCondition>().beatsPerMinute, 120);
}

TEST_F(InspectorKindsTest, AFileIsChosenAndAMissingOneFound) {
  const std::string gone = (folder_.path() / "gone" / "a_long_name_of_a_recording_that_somebody_made_in_the_studio_last_year_final_2.wav").string();
  add(TrackKind::Audio, AudioCondition{.file = gone});
  ASSERT_TRUE(session().saveAs(folder_.path() / "p.kinescore").ok());
  window_->openProject(folder_.path() / "p.kinescore");
  id_ = session().timeline().clipsOf(trackOf(TrackKind::Audio)).front()->id;
  session().selection().selectClip(id_);
  QCoreApplication::processEvents();
  auto* missing = field<QLabel>("media missing");
  ASSERT_TRUE(missing->isVisible());
  EXPECT_TRUE(missing->text().endsWith(QStringLiteral("is not where it was.")));
  auto* name = field<QLabel>("media file");
  EXPECT_LE(name->fontMetrics().horizontalAdvance(name->text()), name->width() + 1);
  const auto found = file("a_long_name_of_a_recording_that_somebody_made_in_the_studio_last_year_final_2.wav");
  const auto other = file("other.wav");
  QString asked;
  QString answer = QString::fromStdString(found.string());
  window_->findChild<Inspector*>()->setFileChooser([&](QWidget*, const QString& title, const QString&) {
    asked = title;
    return answer;
  });
  click("find media");
  EXPECT_TRUE(asked.contains(QStringLiteral("a_long_name")));
  EXPECT_EQ(condition<AudioCondition>().file, found.string());
  EXPECT_FALSE(missing->isVisible());
  answer = QString::fromStdString(other.string());
  click("choose media");
  EXPECT_EQ(condition<AudioCondition>().file, other.string());
  answer = QString::fromStdString(file("letter.txt").string());
  click("choose media");
  EXPECT_EQ(condition<AudioCondition>().file, other.string());  // no sound
  answer.clear();
  click("choose media");
  EXPECT_EQ(condition<AudioCondition>().file, other.string());
}

// ---- video ------------------------------------------------------------------------------------

TEST_F(InspectorKindsTest, VideoHasSpeedAndMirrorAndSaysWhatTheEngineDoesNotDo) {
  add(TrackKind::Video, VideoCondition{.file = "a.mp4"});
  type("video speed", "0.5");
  EXPECT_DOUBLE_EQ(condition<VideoCondition>().speed, 0.5);
  choose("video mirror", 1);
  EXPECT_TRUE(condition<VideoCondition>().mirror);
  bool isSaid = false;
  for (const QLabel* label : page()->findChildren<QLabel*>()) {
    isSaid = isSaid || label->text().contains(QStringLiteral("does not look at video yet"));
  }
  EXPECT_TRUE(isSaid);
}

// ---- keys -------------------------------------------------------------------------------------

TEST_F(InspectorKindsTest, ATargetHasJointPlaceToleranceAndStrength) {
  addTargetAt(session(), add(TrackKind::Pose, TargetCondition{.joint = kLeftHand}, 4, 4).value != 0 ? clip()->trackId : ObjectId{},
              ticksFromSeconds(1), kRightHand);
  id_ = *session().selection().singleClip();
  QCoreApplication::processEvents();
  EXPECT_EQ(clip()->name, "Right hand");
  auto* joint = field<QComboBox>("joint");
  EXPECT_EQ(joint->currentText(), QStringLiteral("Right hand"));
  joint->setCurrentIndex(joint->findText(QStringLiteral("Head")));
  Q_EMIT joint->activated(joint->currentIndex());
  EXPECT_EQ(condition<TargetCondition>().joint, kHead);
  EXPECT_EQ(clip()->name, "Head");
  type("place 1", "1.75");
  EXPECT_FLOAT_EQ(condition<TargetCondition>().position.y, 1.75f);
  type("tolerance", "3");
  EXPECT_FLOAT_EQ(condition<TargetCondition>().toleranceMeters, 0.03f);
  type("key strength", "0.5");
  EXPECT_FLOAT_EQ(clip()->strength.at(Ticks{0}), 0.5f);
  type("key strength", "1");
  EXPECT_TRUE(clip()->strength.points.empty());
}

TEST_F(InspectorKindsTest, APlaceIsDraggedByItsNameAsOneStep) {
  add(TrackKind::Pose, TargetCondition{.joint = kLeftHand, .position = {0, 1, 0}}, 1, 1);
  auto* axis = field<NumberField>("place 1");
  FieldLabel* label = nullptr;
  for (FieldLabel* one : page()->findChildren<FieldLabel*>()) {
    label = one->buddy() == axis ? one : label;
  }
  ASSERT_NE(label, nullptr);
  const int before = steps();
  QTest::mousePress(label, Qt::LeftButton, Qt::NoModifier, {2, 5});
  for (int x = 12; x <= 212; x += 20) {
    QMouseEvent event(QEvent::MouseMove, QPointF(x, 5), label->mapToGlobal(QPointF(x, 5)), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(label, &event);
  }
  QTest::mouseRelease(label, Qt::LeftButton, Qt::NoModifier, {212, 5});
  EXPECT_NEAR(condition<TargetCondition>().position.y, 1.105f, 0.002f);
  EXPECT_EQ(steps(), before + 1);
}

TEST_F(InspectorKindsTest, AContactIsHeelToeOrBothAndKeepsAPlace) {
  add(TrackKind::Contact, ContactCondition{.contact = 0});
  choose("foot part", 1);
  EXPECT_EQ(condition<ContactCondition>().contact, 1);
  choose("foot", 1);
  EXPECT_EQ(condition<ContactCondition>().contact, 3);
  const auto count = [&] { return session().timeline().clipsOf(clip()->trackId).size(); };
  choose("foot part", 2);
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(field<SegmentedChoice>("foot part")->current(), 2);
  choose("foot", 0);  // both go along
  std::set<int> contacts;
  for (const auto& one : session().timeline().clipsOf(clip()->trackId)) {
    contacts.insert(std::get<ContactCondition>(one->condition).contact);
  }
  EXPECT_EQ(contacts, (std::set<int>{0, 1}));
  choose("foot part", 0);
  EXPECT_EQ(count(), 1u);
  EXPECT_EQ(condition<ContactCondition>().contact, 0);

  EXPECT_FALSE(field<QLineEdit>("place 0")->isEnabled());
  choose("contact place", 1);
  ASSERT_TRUE(condition<ContactCondition>().place.has_value());
  type("place 2", "0.4");
  EXPECT_FLOAT_EQ(condition<ContactCondition>().place->z, 0.4f);
  choose("contact place", 0);
  EXPECT_FALSE(condition<ContactCondition>().place.has_value());
  EXPECT_FALSE(field<SegmentedChoice>("contact hardness")->isEnabled());
  EXPECT_FALSE(field<SegmentedChoice>("contact hardness")->toolTip().isEmpty());
}

// ---- path -------------------------------------------------------------------------------------

TEST_F(InspectorKindsTest, PointsOfAPathAreAddedTypedAndRemoved) {
  add(TrackKind::Path, PathCondition{{{Ticks{0}, {0, 0}}, {ticksFromSeconds(1), {0, 2}}}});
  auto* table = field<QTableWidget>("pathTable");
  ASSERT_EQ(table->rowCount(), 2);
  const int before = steps();
  table->selectRow(0);
  click("add point");  // half-way
  ASSERT_EQ(table->rowCount(), 3);
  EXPECT_FLOAT_EQ(condition<PathCondition>().points[1].position.y, 1);
  EXPECT_EQ(condition<PathCondition>().points[1].time, ticksFromSeconds(0.5));
  table->item(1, 1)->setText(QStringLiteral("0,5"));
  EXPECT_FLOAT_EQ(condition<PathCondition>().points[1].position.x, 0.5f);
  table->item(1, 3)->setText(QStringLiteral("90"));
  EXPECT_NEAR(*condition<PathCondition>().points[1].heading, 1.5708, 1e-3);
  table->item(1, 3)->setText(QStringLiteral("along"));
  EXPECT_FALSE(condition<PathCondition>().points[1].heading.has_value());
  table->selectRow(1);
  click("remove point");
  EXPECT_EQ(table->rowCount(), 2);
  EXPECT_EQ(steps(), before + 5);
  table->selectRow(1);
  click("add point");  // on from the end, in its direction
  EXPECT_EQ(table->rowCount(), 3);
  EXPECT_NEAR(condition<PathCondition>().points[2].position.y, 2.5f, 1e-4);
  EXPECT_TRUE(field<QLabel>("path facts")->text().startsWith(QStringLiteral("2.5 m")));
}

// ---- text -------------------------------------------------------------------------------------

TEST_F(InspectorKindsTest, T10_JoinsOfAPromptAreNumbersAndOffWithoutANeighbour) {
  add(TrackKind::Text, TextCondition{"walk"}, 0, 3);
  EXPECT_FALSE(field<QLineEdit>("join in")->isEnabled());
  EXPECT_FALSE(field<QLineEdit>("join out")->isEnabled());
  EXPECT_FALSE(field<QLineEdit>("join out")->toolTip().isEmpty());
  const ObjectId first = id_;
  const ObjectId second = add(TrackKind::Text, TextCondition{"run"}, 3, 6);
  EXPECT_TRUE(field<QLineEdit>("join in")->isEnabled());
  EXPECT_EQ(field<FrameField>("join in")->frame(), 0);
  type("join in", "12");
  const auto span = [&](ObjectId id) { return session().timeline().findClip(id)->span; };
  EXPECT_EQ(span(first).end - span(second).start, ticksFromSeconds(0.4));
  session().selection().selectClip(first);
  EXPECT_EQ(field<FrameField>("join out")->frame(), 12);
  type("join out", "0");
  EXPECT_EQ(span(first).end, span(second).start);
}

TEST_F(InspectorKindsTest, T11_SeveralClipsGetOneStrengthInOneStep) {
  const ObjectId first = add(TrackKind::Audio, AudioCondition{.file = "a.wav"}, 0, 2);
  const ObjectId second = add(TrackKind::Audio, AudioCondition{.file = "b.wav"}, 3, 5);
  session().selection().selectClips({first, second});
  QCoreApplication::processEvents();
  auto* strength = window_->findChild<QLineEdit*>(QStringLiteral("manyStrength"));
  ASSERT_TRUE(strength != nullptr && strength->isVisible());
  const int before = steps();
  strength->setFocus();
  strength->selectAll();
  QTest::keyClicks(strength, QStringLiteral("0.4"));
  QTest::keyClick(strength, Qt::Key_Return);
  for (const ObjectId id : {first, second}) {
    EXPECT_FLOAT_EQ(session().timeline().findClip(id)->strength.at(ticksFromSeconds(1)), 0.4f);
  }
  EXPECT_EQ(steps(), before + 1);
}

// ---- project and track ------------------------------------------------------------------------

TEST_F(InspectorKindsTest, T3_AnotherFrameRateKeepsEveryTimeAndIsOneStep) {
  add(TrackKind::Text, TextCondition{"walk"}, 1, 4);
  session().selection().selectNothing();
  QCoreApplication::processEvents();
  auto* rate = window_->findChild<QComboBox*>(QStringLiteral("project rate"));
  ASSERT_NE(rate, nullptr);
  ASSERT_EQ(rate->count(), 10);
  const TimeRange span = clip()->span;
  const Ticks duration = session().timeline().settings().duration;
  for (int i = 0; i < rate->count(); ++i) {
    if (rate->itemText(i) == rate->currentText()) {
      continue;
    }
    const int before = steps();
    rate->setCurrentIndex(i);
    Q_EMIT rate->activated(i);
    EXPECT_EQ(steps(), before + 1);
    EXPECT_EQ(clip()->span, span) << rate->itemText(i).toStdString();
    EXPECT_EQ(session().timeline().settings().duration, duration);
    EXPECT_EQ(session().playback().frame(), 0);
    session().selection().selectClip(id_);
    EXPECT_EQ(field<FrameField>("clip length")->frame(), nearestFrame(span.length(), session().rate()));
    session().selection().selectNothing();
  }
  EXPECT_EQ(session().rate(), (FrameRate{120, 1}));
  session().document().undoStack().undo();
  EXPECT_EQ(rate->currentText(), rateText(session().rate()));
}

TEST_F(InspectorKindsTest, ATrackGetsAColourAndItsUsualOneBack) {
  session().selection().selectTrack(trackOf(TrackKind::Text));
  QCoreApplication::processEvents();
  auto* colors = window_->findChild<ColorChoice*>(QStringLiteral("track color"));
  const auto swatches = colors->findChildren<QToolButton*>();
  ASSERT_EQ(swatches.size(), 9);
  const int before = steps();
  swatches[4]->click();
  EXPECT_EQ(session().timeline().findTrack(trackOf(TrackKind::Text))->color, 4);
  swatches[0]->click();
  EXPECT_EQ(session().timeline().findTrack(trackOf(TrackKind::Text))->color, 0);
  EXPECT_EQ(steps(), before + 2);
}

}  // namespace
}  // namespace kinescore
