// Every kind of track: made from the menu, empty with a hint, filled by a click, a menu or a drop.
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>

#include "tests/support/sounds.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/main_window_fixture.h"
#include "tests/ui/timeline_view_fixture.h"
#include "ui/document/clip_adding.h"
#include "ui/timeline/timeline_menu.h"

namespace kinescore {
namespace {

class TrackKindsTest : public TimelineViewTest {
 protected:
  int steps() { return session().document().undoStack().count(); }
  ObjectId add(TrackKind kind) {
    const auto made = addOfferedTrack(session(), {kind, kindName(kind)});
    session().selection().selectNothing();
    QCoreApplication::processEvents();
    return *made;
  }
  const std::vector<std::shared_ptr<const Clip>>& clipsOf(ObjectId track) { return session().timeline().clipsOf(track); }
  void click(ObjectId track, double seconds) {
    QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, pointAt(track, seconds));
  }
  /// An entry of the menu that a right click on a track's empty time opens.
  void choose(ObjectId track, double seconds, const QStringList& path) {
    QMenu menu;
    fillTimelineMenu(menu, session(), view_, view_.hitAt(pointAt(track, seconds)), ticksFromSeconds(seconds));
    const QMenu* in = &menu;
    for (const QString& name : path) {
      QAction* found = nullptr;
      for (QAction* entry : in->actions()) {
        found = entry->text() == name ? entry : found;
      }
      ASSERT_NE(found, nullptr) << name.toStdString();
      found->menu() != nullptr ? void(in = found->menu()) : found->trigger();
    }
  }
  void drop(const std::filesystem::path& file, const QPoint& at) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QString::fromStdString(file.string()))});
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&view_, &enter);
    EXPECT_EQ(enter.isAccepted(), mediaKindOf(file).has_value());
    if (enter.isAccepted()) {
      QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
      QApplication::sendEvent(&view_, &dropped);
    }
  }

  TemporaryFolder folder_;
};

TEST_F(TrackKindsTest, T16_EveryKindIsOfferedAndItsEmptyTrackSaysWhatToDo) {
  std::set<TrackKind> kinds;
  QMenu menu;
  fillAddTrackMenu(menu, session());
  ASSERT_EQ(menu.actions().size(), 9);  // eight kinds; poses and targets are two names of one
  view_.resize(1294, 700);
  for (QAction* entry : menu.actions()) {
    const int before = steps();
    entry->trigger();
    EXPECT_EQ(steps(), before + 1);
    const auto track = session().timeline().findTrack(session().selection().track());
    ASSERT_NE(track, nullptr);
    EXPECT_EQ(track->name, entry->text().toStdString());
    kinds.insert(track->kind);
    // The row of an empty track is more than its ground: words stand in it.
    session().selection().selectNothing();
    QCoreApplication::processEvents();
    const QImage row = view_.grab(view_.rowRect(track->id).adjusted(4, 2, -800, -3)).toImage();
    std::set<QRgb> colors;
    for (int y = 0; y < row.height(); ++y) {
      for (int x = 0; x < row.width(); ++x) {
        colors.insert(row.pixel(x, y));
      }
    }
    EXPECT_GT(colors.size(), 12u) << track->name;
  }
  EXPECT_EQ(kinds.size(), 8u);
}

TEST_F(TrackKindsTest, T6_AClickOnAPartTrackWritesForThePartItIsAbout) {
  const ObjectId track = add(TrackKind::PartText);
  const auto write = [&](double seconds) {
    click(track, seconds);
    auto* editor = view_.findChild<QLineEdit*>(QStringLiteral("promptEditor"));
    ASSERT_NE(editor, nullptr);
    QTest::keyClicks(editor, QStringLiteral("waves"));
    QTest::keyClick(editor, Qt::Key_Return);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  };
  const auto part = [&](std::size_t i) { return std::get<TextCondition>(clipsOf(track)[i]->condition).part; };
  write(1);
  ASSERT_EQ(clipsOf(track).size(), 1u);
  EXPECT_EQ(part(0), BodyPart::RightArm);
  Clip head = *clipsOf(track)[0];
  std::get<TextCondition>(head.condition).part = BodyPart::Head;
  session().document().edit(QStringLiteral("Part"), changeClip(session().timeline(), head));
  write(6);
  EXPECT_EQ(part(1), BodyPart::Head);
}

TEST_F(TrackKindsTest, T7_AClickOnAnEmptyPoseTrackPinsThePoseThereButFirstLetsGoOfWhatIsSelected) {
  const ObjectId prompt = fixture_.addPrompt(1, 2, "walk");
  const ObjectId track = fixture_.track(TrackKind::Pose);
  session().selection().selectClip(prompt);
  click(track, 3);
  EXPECT_TRUE(session().selection().clips().empty());
  EXPECT_TRUE(clipsOf(track).empty());
  const int before = steps();
  click(track, 3);
  ASSERT_EQ(clipsOf(track).size(), 1u);
  EXPECT_NEAR(secondsOf(clipsOf(track)[0]->span.start), 3, 0.05);
  EXPECT_EQ(steps(), before + 1);
}

TEST_F(TrackKindsTest, ATargetStandsWhereTheJointIsOnScreen) {
  const ObjectId track = fixture_.track(TrackKind::Pose);
  choose(track, 2, {QStringLiteral("Add Target"), QStringLiteral("Left hand")});
  ASSERT_EQ(clipsOf(track).size(), 1u);
  const auto& target = std::get<TargetCondition>(clipsOf(track)[0]->condition);
  const WorldPose world = forwardKinematics(*kinescore22(), session().poseAt(ticksFromSeconds(2)));
  EXPECT_EQ(target.joint, int(kLeftHand));
  EXPECT_EQ(target.position, world.positions[kLeftHand]);
  EXPECT_EQ(session().selection().singleClip(), clipsOf(track)[0]->id);
}

TEST_F(TrackKindsTest, AFootIsPlantedFromTheMenu) {
  fixture_.addPrompt(0, 4, "stand");
  const ObjectId track = add(TrackKind::Contact);
  choose(track, 2, {QStringLiteral("Plant Here"), QStringLiteral("right toe")});
  ASSERT_EQ(clipsOf(track).size(), 1u);
  EXPECT_EQ(std::get<ContactCondition>(clipsOf(track)[0]->condition).contact, 3);
  const auto request = buildRequest(session().timeline(), {});
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->contacts.size(), 1u);
}

TEST_F(TrackKindsTest, AReferenceThatATakeWasShownIsPlaced) {
  const ObjectId track = add(TrackKind::Reference);
  addReferenceAt(session(), track, ticksFromSeconds(1),
                 {"walk", "cmu_16_02", {ticksFromSeconds(2), ticksFromSeconds(4)}, true, false});
  ASSERT_EQ(clipsOf(track).size(), 1u);
  EXPECT_EQ(spanOf(clipsOf(track)[0]->id), (TimeRange{ticksFromSeconds(1), ticksFromSeconds(3)}));
  const auto& reference = std::get<ReferenceCondition>(clipsOf(track)[0]->condition);
  EXPECT_EQ(reference.inPoint, ticksFromSeconds(2));
  EXPECT_TRUE(reference.mirror);
}

TEST_F(TrackKindsTest, ASoundIsDroppedWithItsLengthAsOneStepWithItsTrack) {
  const std::filesystem::path file = folder_ / "song.wav";
  putBytes(file, clickWav(3, 100));
  int before = steps();
  drop(file, {view_.xOf(ticksFromSeconds(2)), 300});  // under all tracks
  const ObjectId track = fixture_.track(TrackKind::Audio);
  ASSERT_EQ(clipsOf(track).size(), 1u);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_NEAR(secondsOf(clipsOf(track)[0]->span.start), 2, 0.05);
  EXPECT_NEAR(secondsOf(clipsOf(track)[0]->span.length()), 3, 0.05);
  EXPECT_EQ(std::get<AudioCondition>(clipsOf(track)[0]->condition).file, file.string());
  QCoreApplication::processEvents();
  drop(file, pointAt(track, 6));
  EXPECT_EQ(clipsOf(track).size(), 2u);

  // What is no sound is one sentence; what nobody knows is not taken at all.
  QSignalSpy problems(&session(), &Session::problem);
  before = steps();
  putBytes(folder_ / "broken.wav", "not a sound");
  drop(folder_ / "broken.wav", pointAt(track, 1));
  EXPECT_EQ(problems.count(), 1);
  drop(folder_ / "notes.txt", pointAt(track, 1));
  EXPECT_EQ(steps(), before);
}

TEST_F(TrackKindsTest, T6_AClickOnAnEmptySoundTrackAsksForAFile) {
  const ObjectId track = add(TrackKind::Audio);
  QSignalSpy wanted(&view_, &TimelineView::fileWanted);
  click(track, 2);
  ASSERT_EQ(wanted.count(), 1);
  EXPECT_EQ(wanted[0][0].value<ObjectId>(), track);
}

TEST_F(MainWindowTest, T16_EveryKindOfTrackIsInTheTimelineMenu) {
  for (const OfferedTrack& offered : offeredTracks()) {
    const QByteArray name = "Add " + offered.name.toUtf8();
    QAction* entry = window_->action(name.constData());
    ASSERT_NE(entry, nullptr) << name.constData();
    entry->trigger();
    EXPECT_EQ(session().timeline().findTrack(session().selection().track())->kind, offered.kind);
  }
}

}  // namespace
}  // namespace kinescore
