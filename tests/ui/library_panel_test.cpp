// The library panel as somebody uses it, over small libraries in files.
#include "ui/panels/library_panel.h"

#include <atomic>

#include <QContextMenuEvent>
#include <QDockWidget>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>
#include <gmock/gmock.h>

#include "tests/support/small_libraries.h"
#include "tests/ui/main_window_fixture.h"
#include "ui/document/library_clips.h"
#include "ui/panels/clip_grid.h"
#include "ui/panels/inspector.h"
#include "ui/panels/status_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class LibraryPanelTest : public testing::Test {
 protected:
  void SetUp() override {
    testApplication();
    shipped_ = writeSmallLibrary(folder_ / "motion.kslib");
    open();
  }
  void TearDown() override {
    isAddingHeld_ = false;
    window_->close();
    window_.reset();
  }

  LibraryServices services() {
    LibraryServices made;
    made.files = [this] {
      std::vector<LibraryFiles> files = {shipped_};
      for (LibraryFiles& added : addedLibraryFiles(shelf_)) files.push_back(std::move(added));
      return files;
    };
    made.openMeaning = []() -> Result<SentenceVector> { return SentenceVector(smallMeaning); };
    made.add = [this](const std::filesystem::path& folder, const auto& progress, const std::stop_token& stop) -> Result<AddedClips> {
      for (int i = 0; i < 4; ++i) progress("Reading clip " + std::to_string(i + 1) + " of 4: sneak", i / 4.0);
      while (isAddingHeld_ && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Reading was cancelled."};
      if (folder.filename() == "empty") return Error{ErrorCode::BadInput, "“empty” holds no motion that can be read."};
      std::filesystem::create_directories(shelf_);
      writeOwnLibrary(shelf_ / "mine.kslib", "mine", folder.string());
      return AddedClips{"mine", 2, 3, "torn: it is cut off"};
    };
    made.forget = [this](const std::string& name) { return removeUserLibrary(shelf_, name); };
    return made;
  }
  void open(bool hasLibrary = true) {
    window_.reset();
    service_ = std::make_unique<MotionService>(fakeEngine());
    WindowServices given{*service_, QStringLiteral("CPU · fake"), {}, {}};
    given.library = hasLibrary ? services() : LibraryServices{};
    given.openModel = [this](const std::string&) -> Result<OfferedModel> {
      ++modelsOpened_;
      return OfferedModel{fakeEngine(), "CPU · fake", true, true};
    };
    window_ = std::make_unique<MainWindow>(given);
    window_->setAsksBeforeClosing(false);
    window_->show();
    if (hasLibrary) {
      ASSERT_TRUE(waitUntil([&] { return grid().model()->rowCount() > 0; }));
    }
  }

  LibraryPanel& panel() { return window_->library(); }
  ClipGrid& grid() { return panel().grid(); }
  Session& session() { return window_->session(); }
  template <class Widget>
  Widget* find(const char* name) {
    return window_->findChild<Widget*>(QString::fromLatin1(name));
  }
  QPushButton* chip(const QString& words) {
    for (auto* button : panel().findChildren<QPushButton*>()) {
      if (button->text() == words && button->isVisibleTo(&panel())) return button;
    }
    return nullptr;
  }
  std::vector<std::string> shown() {
    std::vector<std::string> ids;
    for (int row = 0; row < grid().clips().rowCount(); ++row) ids.push_back(grid().clips().clip(grid().clips().index(row)).id);
    return ids;
  }
  void type(const QString& words) {
    auto* field = find<QLineEdit>("librarySearch");
    field->setFocus();
    field->clear();
    QTest::keyClicks(field, words);
  }
  bool waitFor(const std::vector<std::string>& ids) {
    return waitUntil([&] { return shown() == ids; });
  }
  void pick(const std::string& id) { grid().setCurrentIndex(grid().clips().index(grid().clips().rowOf(id))); }
  QPoint middleOf(const std::string& id) {
    return grid().visualRect(grid().clips().index(grid().clips().rowOf(id))).center();
  }
  std::vector<std::shared_ptr<const Clip>> references() {
    std::vector<std::shared_ptr<const Clip>> found;
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind != TrackKind::Reference) continue;
      for (const auto& clip : session().timeline().clipsOf(track->id)) found.push_back(clip);
    }
    return found;
  }
  const ReferenceCondition& conditionOf(const Clip& clip) { return std::get<ReferenceCondition>(clip.condition); }
  int steps() { return session().document().undoStack().index(); }
  void drop(const std::string& id, const QPoint& at) {
    const std::unique_ptr<QMimeData> data(grid().model()->mimeData({grid().clips().index(grid().clips().rowOf(id))}));
    QDragEnterEvent enter(at, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window_->timeline(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDragMoveEvent move(at, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window_->timeline(), &move);
    QDropEvent dropped(at, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window_->timeline(), &dropped);
  }
  QPoint canvasAt(double seconds) {
    return {window_->timeline().xOf(ticksFromSeconds(seconds)), window_->timeline().height() - 4};
  }
  ObjectId addPrompt(const std::string& words, BodyPart part = BodyPart::Whole) {
    Clip clip;
    clip.trackId = *session().trackOf(TrackKind::Text, {});
    clip.span = {Ticks{0}, ticksFromSeconds(4)};
    clip.condition = TextCondition{words, part};
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    session().document().edit(QStringLiteral("Add prompt"), patch);
    return patch->changes.front().id;
  }
  /// What the next menu offers; `choose` is triggered.
  QStringList throughMenu(const QString& choose, const std::function<void()>& open) {
    QStringList offered;
    QTimer::singleShot(0, window_.get(), [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      ASSERT_NE(menu, nullptr);
      QAction* chosen = nullptr;
      for (QAction* action : menu->actions()) {
        offered << action->text();
        if (action->text() == choose) chosen = action;
      }
      menu->close();
      if (chosen != nullptr) chosen->trigger();
    });
    open();
    return offered;
  }
  void addOwnFolder(const char* name = "my clips") {
    panel().addFolder(folder_ / name);
    ASSERT_TRUE(waitUntil([&] { return !find<QWidget>("addingFolder")->isVisible(); }));
  }

  TemporaryFolder folder_;
  LibraryFiles shipped_;
  std::filesystem::path shelf_ = folder_ / "shelf";
  std::atomic<bool> isAddingHeld_ = false;
  int modelsOpened_ = 0;
  std::unique_ptr<MotionService> service_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(LibraryPanelTest, AllIsShownButWhatIsHeldOutForEvaluation) {
  EXPECT_THAT(shown(), ElementsAre("long_jump", "small_run", "small_walk"));
  EXPECT_EQ(find<QLabel>("libraryCount")->text(), QStringLiteral("3 of 3"));
  type(QStringLiteral("secret"));  // written in the captions of what is held out
  ASSERT_TRUE(waitFor({}));
}

TEST_F(LibraryPanelTest, F6ReachesTheSearch) {
  QApplication::setActiveWindow(window_.get());
  window_->timeline().setFocus();
  bool isReached = false;
  for (int i = 0; i < 8 && !isReached; ++i) {
    window_->action("Next Panel")->trigger();
    isReached = QApplication::focusWidget() == find<QLineEdit>("librarySearch");
  }
  EXPECT_TRUE(isReached);
}

TEST_F(LibraryPanelTest, TypingNarrowsAndNothingFoundIsOneSentence) {
  type(QStringLiteral("slowly"));
  ASSERT_TRUE(waitFor({"small_walk"}));
  EXPECT_EQ(find<QLabel>("libraryCount")->text(), QStringLiteral("1 of 3"));
  EXPECT_TRUE(panel().message().isEmpty());
  type(QStringLiteral("hop"));  // written nowhere: what it means is found
  ASSERT_TRUE(waitFor({"long_jump"}));
  type(QStringLiteral("moonwalk"));
  ASSERT_TRUE(waitUntil([&] { return !panel().message().isEmpty(); }));
  EXPECT_EQ(panel().message(), QStringLiteral("No clip matches “moonwalk”. Try other words or add your own folder."));
  find<QLineEdit>("librarySearch")->clear();
  ASSERT_TRUE(waitFor({"long_jump", "small_run", "small_walk"}));
}

TEST_F(LibraryPanelTest, ANewerSearchDropsTheOlderOne) {
  for (const char* words : {"run", "walk", "slowly", "jump", "gap"}) panel().lookFor(QString::fromLatin1(words));
  ASSERT_TRUE(waitFor({"long_jump"}));
  for (int i = 0; i < 20; ++i) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
  EXPECT_THAT(shown(), ElementsAre("long_jump"));
}

TEST_F(LibraryPanelTest, ChipsNarrowToAClassAndBack) {
  ASSERT_NE(chip(QStringLiteral("Run")), nullptr);
  chip(QStringLiteral("Run"))->click();
  ASSERT_TRUE(waitFor({"long_jump", "small_run"}));  // the jump begins with a run
  EXPECT_EQ(grid().clips().clip(grid().clips().index(0)).frames, (FrameRange{0, 20}));
  EXPECT_TRUE(chip(QStringLiteral("Run"))->isChecked());
  chip(QStringLiteral("Best match"))->click();
  ASSERT_TRUE(waitFor({"long_jump", "small_run", "small_walk"}));
  chip(QStringLiteral("Your folder"))->click();
  ASSERT_TRUE(waitUntil([&] { return !panel().message().isEmpty(); }));
  EXPECT_TRUE(panel().message().startsWith(QStringLiteral("You have not added a folder yet.")));
}

TEST_F(LibraryPanelTest, TheFilterOffersEveryClassAndFolder) {
  QMenu* menu = find<QToolButton>("libraryFilter")->menu();
  Q_EMIT menu->aboutToShow();
  QStringList offered;
  QAction* jump = nullptr;
  for (QAction* action : menu->actions()) {
    offered << action->text();
    if (action->text() == QStringLiteral("Jump (1)")) jump = action;
  }
  EXPECT_THAT(offered, Contains(QStringLiteral("Kinescore")));
  ASSERT_NE(jump, nullptr);
  jump->trigger();
  ASSERT_TRUE(waitFor({"long_jump"}));
}

TEST_F(LibraryPanelTest, DroppedOnTheCanvasItIsAReferenceAndOneUndoTakesItBack) {
  const int before = steps();
  const std::size_t tracks = session().timeline().tracks().size();
  drop("small_walk", canvasAt(3));
  ASSERT_EQ(references().size(), 1u);
  const Clip& clip = *references().front();
  EXPECT_EQ(conditionOf(clip).clipId, "small_walk");
  EXPECT_EQ(clip.name, "Walk slowly");
  EXPECT_EQ(clip.span, (TimeRange{ticksFromSeconds(3), ticksFromSeconds(5)}));  // as long as it is
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(session().timeline().tracks().size(), tracks + 1);
  EXPECT_TRUE(grid().clips().isUsed(grid().clips().index(grid().clips().rowOf("small_walk"))));
  session().document().undoStack().undo();
  EXPECT_THAT(references(), IsEmpty());
  EXPECT_EQ(session().timeline().tracks().size(), tracks);

  // On a track of references: there. On one that is locked: not there.
  drop("small_walk", canvasAt(3));
  const ObjectId first = references().front()->trackId;
  Track locked = *session().timeline().findTrack(first);
  locked.locked = true;
  session().document().edit(QStringLiteral("Lock"), changeTrack(session().timeline(), locked));
  drop("small_run", {canvasAt(1).x(), window_->timeline().rowRect(first).center().y()});
  ASSERT_EQ(references().size(), 2u);
  EXPECT_EQ(session().timeline().clipsOf(first).size(), 1u);
  EXPECT_EQ(session().timeline().tracks().size(), tracks + 2);
}

TEST_F(LibraryPanelTest, OnlyTheMomentThatWasSearchedForIsPlaced) {
  type(QStringLiteral("gap"));
  ASSERT_TRUE(waitFor({"long_jump"}));
  drop("long_jump", canvasAt(2));
  ASSERT_EQ(references().size(), 1u);
  EXPECT_EQ(conditionOf(*references().front()).inPoint, ticksOfFrame(20, kEngineRate));
  EXPECT_EQ(references().front()->span.length(), ticksFromSeconds(1));
  EXPECT_EQ(references().front()->name, "Jump over a gap");
}

TEST_F(LibraryPanelTest, DroppedOnAPromptItIsPinnedToItsWords) {
  const ObjectId prompt = addPrompt("sneaks off");
  window_->timeline().fitAll();
  drop("small_walk", window_->timeline().rectOf(prompt).center());
  EXPECT_THAT(references(), IsEmpty());
  ASSERT_EQ(session().wishes().pins.size(), 1u);
  EXPECT_EQ(session().wishes().pins[0],
            (ReferencePin{"small_walk", TimeRange{{0}, ticksFromSeconds(2)}, "sneaks off"}));
  EXPECT_EQ(window_->status().words(), QStringLiteral("“Walk slowly” is pinned to the prompt from the next take on"));
  for (const char* id : {"small_run", "long_jump"}) drop(id, window_->timeline().rectOf(prompt).center());
  EXPECT_EQ(session().wishes().pins.size(), 3u);
  drop("small_run", window_->timeline().rectOf(prompt).center());  // again: no second pin
  EXPECT_EQ(session().wishes().pins.size(), 3u);

  // What the engine would not look at is placed instead.
  session().document().edit(QStringLiteral("Delete"), deleteClips(session().timeline(), std::vector{prompt}));
  const ObjectId arm = addPrompt("waves", BodyPart::LeftArm);
  drop("small_walk", window_->timeline().rectOf(arm).center());
  EXPECT_EQ(session().wishes().pins.size(), 3u);
  EXPECT_EQ(references().size(), 1u);
}

TEST_F(LibraryPanelTest, DoubleClickEnterAndMenuAddItAtThePlayhead) {
  session().playback().seek(ticksFromSeconds(1));
  QTest::mouseClick(grid().viewport(), Qt::LeftButton, Qt::NoModifier, middleOf("small_run"));
  QTest::mouseDClick(grid().viewport(), Qt::LeftButton, Qt::NoModifier, middleOf("small_run"));
  ASSERT_EQ(references().size(), 1u);
  EXPECT_EQ(references().front()->span.start, ticksFromSeconds(1));
  EXPECT_EQ(conditionOf(*references().front()).clipId, "small_run");

  session().playback().seek(ticksFromSeconds(5));
  pick("small_walk");
  grid().setFocus();
  QTest::keyClick(&grid(), Qt::Key_Return);
  ASSERT_EQ(references().size(), 2u);
  EXPECT_EQ(conditionOf(*references().back()).clipId, "small_walk");

  session().playback().seek(ticksFromSeconds(8));
  const QStringList offered = throughMenu(QStringLiteral("Add as Reference"), [&] {
    Q_EMIT grid().customContextMenuRequested(middleOf("long_jump"));
  });
  EXPECT_EQ(offered, (QStringList{QStringLiteral("Add as Reference"), QStringLiteral("Preview")}));
  EXPECT_EQ(references().size(), 3u);
}

TEST_F(LibraryPanelTest, APromptFindsClipsLikeIt) {
  const ObjectId prompt = addPrompt("walks slowly");
  window_->timeline().fitAll();
  const QPoint at = window_->timeline().rectOf(prompt).center();
  throughMenu(QStringLiteral("Find Similar Clips"), [&] {
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, window_->timeline().mapToGlobal(at));
    QApplication::sendEvent(&window_->timeline(), &event);
  });
  EXPECT_TRUE(waitFor({"small_walk"}));
  EXPECT_EQ(find<QLineEdit>("librarySearch")->text(), QStringLiteral("walks slowly"));
}

TEST_F(LibraryPanelTest, KeysWalkTheGridAndReadersHearNames) {
  grid().setFocus();
  pick("long_jump");
  const Ticks playhead = session().playback().position();
  QTest::keyClick(&grid(), Qt::Key_Right);  // a frame on, elsewhere in the window
  EXPECT_EQ(grid().currentIndex().row(), 1);
  QTest::keyClick(&grid(), Qt::Key_Left);
  QTest::keyClick(&grid(), Qt::Key_Down);
  EXPECT_EQ(grid().currentIndex().row(), 2);
  EXPECT_EQ(session().playback().position(), playhead);
  EXPECT_EQ(grid().currentIndex().data(Qt::AccessibleTextRole).toString(), QStringLiteral("Walk slowly, 2.0 s"));
  for (QWidget* control : std::initializer_list<QWidget*>{&grid(), find<QLineEdit>("librarySearch"),
                                                          find<QToolButton>("addFolder"), find<QToolButton>("libraryFilter")}) {
    EXPECT_FALSE(control->accessibleName().isEmpty()) << control->objectName().toStdString();
  }
}

TEST_F(LibraryPanelTest, PicturesArePaintedAndAClipPlaysWhileItIsHovered) {
  const OfferedClip clip = grid().clips().clip(grid().clips().index(0));
  ASSERT_TRUE(waitUntil([&] { return grid().thumbnails().find(clip, grid().devicePixelRatioF()) != nullptr; }));
  const QImage image = *grid().thumbnails().find(clip, grid().devicePixelRatioF());
  int bright = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) bright += qGray(image.pixel(x, y)) > 150;
  }
  EXPECT_GT(bright, 20);  // the last of its moments

  EXPECT_FALSE(grid().playing().isValid());
  QTest::mouseMove(grid().viewport(), middleOf("long_jump"));
  ASSERT_TRUE(waitUntil([&] { return grid().playing().isValid(); }));
  ASSERT_TRUE(waitUntil([&] { return grid().playTime() > ticksFromSeconds(0.05); }));
  grid().hide();
  EXPECT_FALSE(grid().playing().isValid());
  grid().show();
  grid().preview(grid().clips().index(1));
  EXPECT_EQ(grid().playing().row(), 1);
}

TEST_F(LibraryPanelTest, AFolderIsAddedFoundAndUsedByTheNextGeneration) {
  const int before = modelsOpened_;
  addOwnFolder();
  ASSERT_TRUE(waitFor({"mine/leap", "mine/sneak"}));  // what came is shown
  EXPECT_GT(modelsOpened_, before);                   // the engine opens its libraries again
  EXPECT_EQ(panel().findChild<ErrorBar*>()->sentence(), QStringLiteral("“mine”: 2 of 3 files became clips. torn: it is cut off"));
  chip(QStringLiteral("Best match"))->click();
  ASSERT_TRUE(waitUntil([&] { return shown().size() == 5; }));
  chip(QStringLiteral("Your folder"))->click();
  ASSERT_TRUE(waitFor({"mine/leap", "mine/sneak"}));
  chip(QStringLiteral("Best match"))->click();
  type(QStringLiteral("sneak"));
  ASSERT_TRUE(waitFor({"mine/sneak"}));
  const QStringList offered = throughMenu({}, [&] { Q_EMIT grid().customContextMenuRequested(middleOf("mine/sneak")); });
  EXPECT_THAT(offered, Contains(QStringLiteral("Show Folder")));

  const QStringList menu = throughMenu(QStringLiteral("Forget “mine”"), [&] { find<QToolButton>("addFolder")->click(); });
  EXPECT_THAT(menu, Contains(QStringLiteral("Add Folder…")));
  find<QLineEdit>("librarySearch")->clear();
  ASSERT_TRUE(waitFor({"long_jump", "small_run", "small_walk"}));
}

TEST_F(LibraryPanelTest, AddingShowsHowFarItIsAndCanBeCancelled) {
  isAddingHeld_ = true;
  QTimer::singleShot(0, window_.get(), [this] {
    auto* dialog = window_->findChild<QFileDialog*>();
    ASSERT_NE(dialog, nullptr);
    dialog->setDirectory(QString::fromStdString(folder_.path().string()));
    static_cast<QDialog*>(dialog)->accept();
  });
  find<QToolButton>("addFolder")->click();
  auto* bar = panel().findChild<QProgressBar*>();
  ASSERT_TRUE(waitUntil([&] { return bar->isVisible() && bar->value() == 750; }));
  type(QStringLiteral("slowly"));  // searching goes on meanwhile
  ASSERT_TRUE(waitFor({"small_walk"}));
  find<QPushButton>("cancelAdding")->click();
  ASSERT_TRUE(waitUntil([&] { return !bar->isVisible(); }));
  EXPECT_TRUE(panel().findChild<ErrorBar*>()->sentence().isEmpty());
  EXPECT_THAT(addedLibraryFiles(shelf_), IsEmpty());
}

TEST_F(LibraryPanelTest, AFolderThatCannotBeReadIsOneSentence) {
  addOwnFolder("empty");
  EXPECT_EQ(panel().findChild<ErrorBar*>()->sentence(), QStringLiteral("“empty” holds no motion that can be read."));
  EXPECT_THAT(shown(), ElementsAre("long_jump", "small_run", "small_walk"));
}

TEST_F(LibraryPanelTest, AReferenceWhoseFolderIsGoneIsToldAndReplacedByTheNearest) {
  addOwnFolder();
  ASSERT_TRUE(waitFor({"mine/leap", "mine/sneak"}));
  drop("mine/leap", canvasAt(1));
  ASSERT_EQ(references().size(), 1u);
  EXPECT_TRUE(window_->errors().sentence().isEmpty());
  const auto picture = [&] {
    session().selection().selectNothing();
    return window_->timeline().grab(window_->timeline().rectOf(references().front()->id)).toImage();
  };
  const QImage whole = picture();
  throughMenu(QStringLiteral("Forget “mine”"), [&] { find<QToolButton>("addFolder")->click(); });
  ASSERT_TRUE(waitUntil([&] { return !window_->errors().sentence().isEmpty(); }));
  EXPECT_EQ(window_->errors().sentence(), QStringLiteral("“Leap far” came from a folder that is gone."));
  EXPECT_NE(picture(), whole);
  const int before = steps();
  for (auto* button : window_->errors().findChildren<QPushButton*>()) {
    if (button->text() == QStringLiteral("Use the nearest clip")) button->click();
  }
  ASSERT_TRUE(waitUntil([&] { return conditionOf(*references().front()).clipId != "mine/leap"; }));
  EXPECT_EQ(conditionOf(*references().front()).clipId, "long_jump");
  EXPECT_EQ(steps(), before + 1);
  EXPECT_TRUE(window_->errors().sentence().isEmpty());
}

TEST_F(LibraryPanelTest, TheInspectorChangesWhatOfAReferenceIsShown) {
  drop("small_walk", canvasAt(3));
  const ObjectId id = references().front()->id;
  const auto now = [&] { return conditionOf(*session().timeline().findClip(id)); };
  auto* speed = find<QLineEdit>("referenceSpeed");
  ASSERT_TRUE(speed != nullptr && speed->isVisible());
  const auto typeInto = [](QLineEdit* field, const char* words) {
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QString::fromLatin1(words));
    QTest::keyClick(field, Qt::Key_Return);
  };
  typeInto(speed, "105");
  EXPECT_DOUBLE_EQ(now().speed, 1.05);
  typeInto(speed, "150");  // no further than a tenth
  EXPECT_DOUBLE_EQ(now().speed, 1.1);
  typeInto(find<QLineEdit>("referenceFrom"), "0.5");
  EXPECT_EQ(now().inPoint, ticksFromSeconds(0.5));
  find<QWidget>("referenceMirror")->findChildren<QToolButton*>()[1]->click();
  EXPECT_TRUE(now().mirror);
  find<QWidget>("referenceChosen")->findChildren<QToolButton*>()[1]->click();
  EXPECT_TRUE(now().automatic);
  EXPECT_FALSE(find<QWidget>("referenceUse")->isEnabled());
  EXPECT_FALSE(find<QWidget>("referenceUse")->toolTip().isEmpty());
  typeInto(find<QLineEdit>("referenceLength"), "30");
  EXPECT_EQ(session().timeline().findClip(id)->span.length(), ticksOfFrame(30, session().rate()));
}

TEST_F(LibraryPanelTest, ItFoldsInANarrowWindowAndUnfoldsWhenAsked) {
  window_->resize(1600, 1000);
  QCoreApplication::processEvents();
  auto* takes = find<QDockWidget>("takesDock");
  auto* library = find<QDockWidget>("libraryDock");
  EXPECT_EQ(takes->geometry().top() - library->geometry().bottom() - 1, measure::kSeam);
  EXPECT_GT(library->height(), takes->height());
  EXPECT_EQ(panel().width(), 264);
  EXPECT_FALSE(find<QToolButton>("foldLibrary")->isVisible());
  window_->resize(1180, 720);
  QCoreApplication::processEvents();
  EXPECT_LT(panel().width(), 60);
  EXPECT_FALSE(grid().isVisible());
  find<QToolButton>("foldLibrary")->click();
  QCoreApplication::processEvents();
  EXPECT_EQ(panel().width(), 264);
  EXPECT_TRUE(grid().isVisible());
  find<QToolButton>("foldLibrary")->click();
  EXPECT_FALSE(grid().isVisible());
}

TEST_F(LibraryPanelTest, WithoutALibraryOrWithADamagedOneItIsOneSentence) {
  open(false);
  EXPECT_EQ(panel().message(), QStringLiteral("There is no motion library here, so there are no clips to show."));
  EXPECT_FALSE(find<QLineEdit>("librarySearch")->isEnabled());
  EXPECT_FALSE(find<QToolButton>("addFolder")->toolTip().isEmpty());
  putBytes(shipped_.library, "nothing");
  window_.reset();
  WindowServices given{*service_, QStringLiteral("CPU · fake"), {}, {}};
  given.library = services();
  window_ = std::make_unique<MainWindow>(given);
  window_->setAsksBeforeClosing(false);
  window_->show();
  ASSERT_TRUE(waitUntil([&] { return panel().message().contains(QStringLiteral("no Kinescore motion library")); }));
}

}  // namespace
}  // namespace kinescore
