// What a recording is can be said at its clip on the timeline: for models that hear music and speech apart.
#include <QMenu>
#include <QTimer>

#include "engine/media/heard_sound.h"
#include "tests/support/sounds.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/timeline_view_fixture.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

/// Entries of an open menu as they read, checked ones with a star.
std::string entriesOf(const QMenu& menu) {
  QStringList entries;
  for (const QAction* action : menu.actions()) {
    entries << action->text() + (action->isChecked() ? QStringLiteral("*") : QString());
  }
  return entries.join(QStringLiteral(", ")).toStdString();
}

QMenu* openMenu() { return qobject_cast<QMenu*>(QApplication::activePopupWidget()); }
void closeMenus() {
  while (QWidget* open = QApplication::activePopupWidget()) {
    open->close();
  }
}

class SoundKindTest : public TimelineViewTest {
 protected:
  void SetUp() override {
    putBytes(folder_ / "song.wav", clickWav(20, 100));
    ASSERT_TRUE(session().saveAs(folder_ / "scene.kinescore"));
    sounds_ = *session().trackOf(TrackKind::Audio, QStringLiteral("Add track"));
    QCoreApplication::processEvents();
  }

  ObjectId addSound(double from, double to) {
    Clip clip;
    clip.trackId = sounds_;
    clip.span = {ticksFromSeconds(from), ticksFromSeconds(to)};
    clip.condition = AudioCondition{.file = "song.wav"};
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    EXPECT_TRUE(session().document().edit(QStringLiteral("Add sound"), patch));
    QCoreApplication::processEvents();
    return patch->changes.front().id;
  }
  SoundKind kindOf(ObjectId clip) {
    return std::get<AudioCondition>(session().timeline().findClip(clip)->condition).kind;
  }
  std::string titleOf(ObjectId clip) { return clipTitle(*session().timeline().findClip(clip)).toStdString(); }

  /// A right click on a clip, then these entries of the menus that open. What the last menu read.
  std::string choose(ObjectId clip, const QStringList& path) {
    std::string last;
    int depth = 0;
    QMenu* before = nullptr;
    QTimer keys;
    QObject::connect(&keys, &QTimer::timeout, [&] {
      QMenu* menu = openMenu();
      if (menu == nullptr) {
        return;
      }
      last = entriesOf(*menu);
      const auto actions = menu->actions();
      const auto entry = std::find_if(actions.begin(), actions.end(), [&](const QAction* action) {
        return depth < path.size() && action->text() == path[depth];
      });
      if (menu == before || entry == actions.end()) {
        closeMenus();
        return;
      }
      before = menu;
      ++depth;
      menu->setActiveAction(*entry);
      QTest::keyClick(menu, Qt::Key_Return);
    });
    keys.start(20);
    const QPoint at = middleOf(clip);
    QTest::mousePress(&view_, Qt::RightButton, {}, at);
    QContextMenuEvent asked(QContextMenuEvent::Mouse, at, view_.mapToGlobal(at));
    QApplication::sendEvent(&view_, &asked);
    EXPECT_EQ(depth, path.size()) << last;
    return last;
  }
  bool generate() { return fixture_.generateAndWait(); }

  TemporaryFolder folder_;
  ObjectId sounds_;
};

TEST_F(SoundKindTest, TheClipsMenuSaysWhatItIs) {
  const ObjectId song = addSound(0, 4);
  EXPECT_EQ(choose(song, {"Heard As", "Speech"}), "By Its Beat*, Music, Speech");
  EXPECT_EQ(kindOf(song), SoundKind::Speech);
  EXPECT_EQ(titleOf(song), "song.wav · speech");
  EXPECT_EQ(session().document().undoStack().undoText().toStdString(), "Hear sound as");
  EXPECT_EQ(choose(song, {"Heard As", "Music"}), "By Its Beat, Music, Speech*");
  EXPECT_EQ(kindOf(song), SoundKind::Music);
  EXPECT_EQ(titleOf(song), "song.wav · music");
  session().document().undoStack().undo();
  EXPECT_EQ(kindOf(song), SoundKind::Speech);
  session().document().undoStack().undo();
  EXPECT_EQ(kindOf(song), SoundKind::Auto);
  EXPECT_EQ(titleOf(song), "song.wav");
}

TEST_F(SoundKindTest, AllSelectedSoundsAreChangedInOneStep) {
  const ObjectId first = addSound(0, 3), second = addSound(4, 7), prompt = fixture_.addPrompt(0, 3, "walk");
  QCoreApplication::processEvents();
  EXPECT_EQ(choose(prompt, {}).find("Heard As"), std::string::npos) << "words are no sound";
  const int steps = session().document().undoStack().count();
  session().selection().selectClips({first, second, prompt});
  choose(first, {"Heard As", "Speech"});
  EXPECT_EQ(kindOf(first), SoundKind::Speech);
  EXPECT_EQ(kindOf(second), SoundKind::Speech);
  EXPECT_EQ(fixture_.promptOf(prompt), "walk");
  EXPECT_EQ(session().document().undoStack().count(), steps + 1);
}

TEST_F(SoundKindTest, TheNextTakeIsMadeOfIt) {
  const ObjectId song = addSound(0, 8);
  ASSERT_TRUE(generate());
  ASSERT_EQ(session().takes().shown()->request.rhythms.size(), 1u);
  EXPECT_GT(session().takes().shown()->request.rhythms[0].heard->beats.size(), 10u);
  EXPECT_EQ(session().changesSinceShown(), 0);
  choose(song, {"Heard As", "Speech"});
  EXPECT_EQ(session().changesSinceShown(), 1);
  ASSERT_TRUE(generate());
  const HeardSound& heard = *session().takes().shown()->request.rhythms.at(0).heard;
  EXPECT_EQ(heard.kind, SoundKind::Speech);
  EXPECT_TRUE(heard.beats.empty());
  EXPECT_EQ(session().changesSinceShown(), 0);
}

// Beats that no take keeps are neither drawn nor snapped to.
TEST_F(SoundKindTest, SpeechHasNoBeatsOnTheTimeline) {
  const ObjectId song = addSound(0, 8), prompt = fixture_.addPrompt(1, 2, "walk");
  ASSERT_TRUE(generate());
  const std::vector<double> beats = session().heard().sounds.at("song.wav")->beats;
  ASSERT_GT(beats.size(), 10u);
  const Ticks beat = ticksFromSeconds(*std::lower_bound(beats.begin(), beats.end(), 2.5));
  const auto shapes = [&] {
    view_.grab();
    return view_.counters().shapes;
  };
  const auto dragged = [&] {
    const QPoint from = middleOf(prompt);
    drag(from, {from.x() + view_.xOf(beat) - view_.xOf(spanOf(prompt).start) + 3, from.y()});
    const Ticks start = spanOf(prompt).start;
    session().document().undoStack().undo();
    return start;
  };
  const int withBeats = shapes();
  EXPECT_EQ(dragged(), beat);
  choose(song, {"Heard As", "Speech"});
  session().selection().selectClip(prompt);
  EXPECT_LT(shapes(), withBeats - 10);
  EXPECT_NE(dragged(), beat);
}

}  // namespace
}  // namespace kinescore
