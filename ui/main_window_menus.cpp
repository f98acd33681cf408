// The part of MainWindow that makes the menus. Every entry works; every key has an entry.
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QMenu>
#include <QSettings>

#include "ui/document/clip_adding.h"
#include "ui/document/edit_commands.h"
#include "ui/document/take_poses.h"
#include "ui/main_window.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/transport_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/held_key.h"
#include "ui/widgets/keys_of_fields.h"

namespace kinescore {

QAction* MainWindow::add(QMenu* menu, const char* name, const QList<QKeySequence>& keys, std::function<void()> run) {
  auto* made = new QAction(tr(name), this);
  made->setObjectName(QString::fromUtf8(name).remove(u'…'));
  made->setShortcuts(keys);
  // The view is a window of its own inside this one; keys must reach the menus from there too.
  made->setShortcutContext(Qt::ApplicationShortcut);
  connect(made, &QAction::triggered, this, [run = std::move(run)] { run(); });
  menu->addAction(made);
  addAction(made);
  actions_.push_back(made);
  return made;
}

QAction* MainWindow::addForTimeline(QMenu* menu, const char* name, const QKeySequence& key, std::function<void()> run) {
  QAction* made = add(menu, name, {key}, std::move(run));
  made->setShortcutContext(Qt::WidgetShortcut);
  removeAction(made);
  timeline_->addAction(made);
  return made;
}

QAction* MainWindow::action(const char* name) const {
  for (QAction* candidate : actions_) {
    if (candidate->objectName() == QString::fromUtf8(name)) {
      return candidate;
    }
  }
  return nullptr;
}

void MainWindow::makeMenus() {
  makeFileMenu();
  makeEditMenu();
  makeViewMenu();
  makeTimelineMenu();
  makePoseMenu();
  makeGenerateMenu();
  makeTakeMenu();
  makeWindowMenu();
}

void MainWindow::makeEditMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("Edit"));
  QUndoStack& history = session_.document().undoStack();
  QAction* undo = history.createUndoAction(this, tr("Undo"));
  QAction* redo = history.createRedoAction(this, tr("Redo"));
  undo->setObjectName(QStringLiteral("Undo"));
  redo->setObjectName(QStringLiteral("Redo"));
  undo->setShortcut(QKeySequence::Undo);
  redo->setShortcuts({QKeySequence(tr("Ctrl+Shift+Z")), QKeySequence(tr("Ctrl+Y"))});
  for (QAction* made : {undo, redo}) {
    made->setShortcutContext(Qt::ApplicationShortcut);
    menu->addAction(made);
    addAction(made);
    actions_.push_back(made);
  }
  add(menu, "History", {QKeySequence(tr("Ctrl+Alt+Z"))}, [this] { historyDock_->setVisible(!historyDock_->isVisible()); });
  menu->addSeparator();
  add(menu, "Cut", {QKeySequence::Cut}, [this] {
    QApplication::clipboard()->setText(copySelection(session_));
    deleteSelection(session_);
  });
  add(menu, "Copy", {QKeySequence::Copy}, [this] {
    if (const QString text = copySelection(session_); !text.isEmpty()) {
      QApplication::clipboard()->setText(text);
    }
  });
  add(menu, "Paste at Playhead", {QKeySequence::Paste},
      [this] { pasteAtPlayhead(session_, QApplication::clipboard()->text()); });
  add(menu, "Paste with Ripple", {QKeySequence(tr("Ctrl+Shift+V"))},
      [this] { pasteAtPlayhead(session_, QApplication::clipboard()->text(), PasteMode::Ripple); });
  add(menu, "Duplicate", {QKeySequence(tr("Ctrl+D"))}, [this] { duplicateSelection(session_); });
  add(menu, "Delete", {QKeySequence::Delete, QKeySequence(Qt::Key_Backspace)}, [this] { deleteSelection(session_); });
  add(menu, "Ripple Delete", {QKeySequence(tr("Shift+Del"))}, [this] { rippleDeleteSelection(session_); });
  add(menu, "Rename", {QKeySequence(Qt::Key_F2)}, [this] { renameSelected(); });
  menu->addSeparator();
  add(menu, "Select All", {QKeySequence::SelectAll}, [this] { selectAllClips(session_); });
  add(menu, "Select None", {QKeySequence(tr("Ctrl+Shift+A"))}, [this] { session_.selection().selectNothing(); });
  add(menu, "Box Select", {QKeySequence(Qt::Key_B)}, [this] { timeline_->startBoxSelect(); });
  menu->addSeparator();
  add(menu, "Find Command…", {QKeySequence(tr("Ctrl+Shift+P"))}, [this] { findCommand(); });
  add(menu, "Key List", {QKeySequence(tr("Ctrl+/"))}, [this] { showKeys(); });
}

void MainWindow::makeViewMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("View"));
  add(menu, "Fit All", {QKeySequence(Qt::Key_A)}, [this] { timeline_->fitAll(); });
  add(menu, "Fit Selection", {QKeySequence(Qt::Key_F)}, [this] { fitSelectionOfPanel(); });
  menu->addSeparator();
  add(menu, "Perspective", {QKeySequence(Qt::Key_1)}, [this] { view_->viewport().setView(ViewportView::Perspective); });
  add(menu, "Front", {QKeySequence(Qt::Key_2)}, [this] { view_->viewport().setView(ViewportView::Front); });
  add(menu, "Side", {QKeySequence(Qt::Key_3)}, [this] { view_->viewport().setView(ViewportView::Side); });
  add(menu, "Top", {QKeySequence(Qt::Key_4)}, [this] { view_->viewport().setView(ViewportView::Top); });
  add(menu, "Reset View", {QKeySequence(tr("Alt+Home"))}, [this] { view_->viewport().resetView(); });
  menu->addSeparator();
  const auto toggle = [&](const char* name, const QKeySequence& key, auto isOn, auto set) {
    QAction* made = add(menu, name, {key}, [set, isOn] { set(!isOn()); });
    made->setCheckable(true);
    connect(menu, &QMenu::aboutToShow, made, [made, isOn] { made->setChecked(isOn()); });
  };
  const auto look = [&](const char* name, const QKeySequence& key, FigureLook which) {
    toggle(name, key, [this, which] { return view_->viewport().figureLook() == which; },
           [this, which](bool) { view_->setFigureLook(which); });
  };
  look("Skeleton", QKeySequence(tr("Alt+1")), FigureLook::Skeleton);
  look("Mesh", QKeySequence(tr("Alt+2")), FigureLook::Mesh);
  look("Both", QKeySequence(tr("Alt+3")), FigureLook::Both);
  toggle("Follow Character", QKeySequence(tr("Alt+F")), [this] { return view_->viewport().follow(); },
         [this](bool on) { view_->viewport().setFollow(on); });
  toggle("Ghosts", QKeySequence(Qt::Key_G), [this] { return view_->ghosts(); }, [this](bool on) { view_->setGhosts(on); });
  toggle("Trails", QKeySequence(Qt::Key_T), [this] { return view_->trail(); }, [this](bool on) { view_->setTrail(on); });
  toggle("Onion Skin", QKeySequence(tr("Alt+O")), [this] { return view_->onion(); }, [this](bool on) { view_->setOnion(on); });
  toggle("Contact Colours", QKeySequence(tr("Alt+C")), [this] { return view_->contactColours(); },
         [this](bool on) { view_->setContactColours(on); });
  menu->addSeparator();
  QMenu* time = menu->addMenu(tr("Time As"));
  add(time, "Frames", {}, [this] { timeline_->setTimeDisplay(TimeDisplay::Frames); });
  add(time, "Seconds", {}, [this] { timeline_->setTimeDisplay(TimeDisplay::Seconds); });
  add(time, "Timecode", {}, [this] { timeline_->setTimeDisplay(TimeDisplay::Timecode); });
  QMenu* height = menu->addMenu(tr("Track Height"));
  add(height, "Compact", {QKeySequence(tr("Ctrl+Alt+1"))}, [this] { setAllTrackHeights(session_, 0); });
  add(height, "Normal", {QKeySequence(tr("Ctrl+Alt+2"))}, [this] { setAllTrackHeights(session_, 1); });
  add(height, "Tall", {QKeySequence(tr("Ctrl+Alt+3"))}, [this] { setAllTrackHeights(session_, 2); });
  menu->addSeparator();
  add(menu, "Full Screen View", {QKeySequence(Qt::Key_F11)}, [this] { setFullView(!isFullView_); });
}

void MainWindow::fitSelectionOfPanel() {
  const QWidget* focus = QApplication::focusWidget();
  if (focus != nullptr && view_->isAncestorOf(focus)) {
    view_->viewport().frameFigure();
  } else {
    timeline_->fitSelection();
  }
}

void MainWindow::makeTimelineMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("Timeline"));
  Playback& playback = session_.playback();
  add(menu, "Play/Pause", {QKeySequence(Qt::Key_Space)}, [&] { playback.toggle(); });
  // With K held J and L go frame by frame.
  const auto* stop = new HeldKey(Qt::Key_K, this);
  const auto shuttle = [&playback, stop](int direction) {
    stop->isHeld() ? playback.stepFrames(direction) : playback.shuttle(direction);
  };
  add(menu, "Back", {QKeySequence(Qt::Key_J)}, [shuttle] { shuttle(-1); });
  add(menu, "Stop", {QKeySequence(Qt::Key_K)}, [&] { playback.pause(); });
  add(menu, "Forward", {QKeySequence(Qt::Key_L)}, [shuttle] { shuttle(+1); });
  menu->addSeparator();
  add(menu, "Frame Back", {QKeySequence(Qt::Key_Left)}, [&] { playback.stepFrames(-1); });
  add(menu, "Frame On", {QKeySequence(Qt::Key_Right)}, [&] { playback.stepFrames(+1); });
  add(menu, "Ten Back", {QKeySequence(tr("Shift+Down"))}, [&] { playback.stepFrames(-10); });
  add(menu, "Ten On", {QKeySequence(tr("Shift+Up"))}, [&] { playback.stepFrames(+10); });
  add(menu, "Range Start", {QKeySequence(tr("Shift+Left")), QKeySequence(Qt::Key_Home)}, [&] {
    playback.pause();
    playback.toStart();
  });
  add(menu, "Range End", {QKeySequence(tr("Shift+Right")), QKeySequence(Qt::Key_End)}, [&] {
    playback.pause();
    playback.toEnd();
  });
  add(menu, "Previous Key", {QKeySequence(Qt::Key_Comma)}, [this] { goToNeighbourKey(session_, -1); });
  add(menu, "Next Key", {QKeySequence(Qt::Key_Period)}, [this] { goToNeighbourKey(session_, +1); });
  makeSelectMenu(menu);
  makeRepeatMenu(menu);
  makeSpeedMenu(menu);
  makeSoundMenu(menu);
  menu->addSeparator();
  add(menu, "In", {QKeySequence(Qt::Key_I)}, [this] { setPlayRangeEdge(session_, ClipEdge::Start); });
  add(menu, "Out", {QKeySequence(Qt::Key_O)}, [this] { setPlayRangeEdge(session_, ClipEdge::End); });
  add(menu, "Clear In/Out", {QKeySequence(tr("Alt+I"))}, [this] { clearPlayRange(session_); });
  add(menu, "Marker", {QKeySequence(Qt::Key_M)}, [this] { markHere(); });
  add(menu, "Select Time of Clips", {QKeySequence(Qt::Key_X)}, [this] { selectTimeOfClips(session_); });
  add(menu, "Clear Time Selection", {QKeySequence(tr("Alt+X"))}, [this] { session_.selection().setTime(std::nullopt); });
  menu->addSeparator();
  add(menu, "Split", {QKeySequence(tr("Ctrl+K"))}, [this] { splitAtPlayhead(session_); });
  add(menu, "Trim Start to Playhead", {QKeySequence(Qt::Key_BracketLeft)},
      [this] { trimToPlayhead(session_, ClipEdge::Start, timeline_->isRippling()); });
  add(menu, "Trim End to Playhead", {QKeySequence(Qt::Key_BracketRight)},
      [this] { trimToPlayhead(session_, ClipEdge::End, timeline_->isRippling()); });
  add(menu, "Make Loop", {}, [this] { makeLoop(session_); })
      ->setToolTip(tr("The time selection, else the play range, ends in the pose it begins with"));
  menu->addSeparator();
  add(menu, "Mute Track", {QKeySequence(tr("Shift+M"))}, [this] { flipTrackSwitch(session_, TrackSwitch::Mute); });
  add(menu, "Solo Track", {QKeySequence(tr("Shift+S"))}, [this] { flipTrackSwitch(session_, TrackSwitch::Solo); });
  add(menu, "Lock Track", {QKeySequence(tr("Shift+L"))}, [this] { flipTrackSwitch(session_, TrackSwitch::Lock); });
  QMenu* tracks = menu->addMenu(tr("Add Track"));
  for (const OfferedTrack& offered : offeredTracks()) {
    const QByteArray name = "Add " + offered.name.toUtf8();
    add(tracks, name.constData(), {}, [this, offered] { addOfferedTrack(session_, offered); })->setText(offered.name);
  }
  menu->addSeparator();
  QAction* snapping = add(menu, "Snapping", {QKeySequence(Qt::Key_N)},
                          [this] { timeline_->setSnapping(!timeline_->isSnapping()); });
  snapping->setCheckable(true);
  connect(menu, &QMenu::aboutToShow, snapping, [this, snapping] { snapping->setChecked(timeline_->isSnapping()); });
  makeModeMenus(menu);
  add(menu, "Zoom In", {QKeySequence(tr("Ctrl+=")), QKeySequence(tr("Ctrl++"))}, [this] { timeline_->zoomBy(1.4); });
  add(menu, "Zoom Out", {QKeySequence(tr("Ctrl+-"))}, [this] { timeline_->zoomBy(1 / 1.4); });
}

void MainWindow::makeSelectMenu(QMenu* menu) {
  QMenu* select = menu->addMenu(tr("Select"));
  const auto walk = [&](const char* name, const QKeySequence& key, void (*step)(Session&, int), int direction) {
    addForTimeline(select, name, key, [this, step, direction] {
      step(session_, direction);
      timeline_->revealSelection();
    });
  };
  walk("Previous Clip", QKeySequence(tr("Ctrl+Left")), selectNeighbourClip, -1);
  walk("Next Clip", QKeySequence(tr("Ctrl+Right")), selectNeighbourClip, +1);
  walk("Track Above", QKeySequence(Qt::Key_Up), selectNeighbourTrack, -1);
  walk("Track Below", QKeySequence(Qt::Key_Down), selectNeighbourTrack, +1);
  addForTimeline(select, "Edit Selected", QKeySequence(Qt::Key_Return), [this] { timeline_->editSelected(); });
}

void MainWindow::makeRepeatMenu(QMenu* menu) {
  QMenu* repeat = menu->addMenu(tr("Loop"));
  Playback& playback = session_.playback();
  const auto entry = [&](const char* name, Playback::Repeat which) {
    QAction* made = add(repeat, name, {}, [&playback, which] { playback.setRepeat(which); });
    made->setCheckable(true);
    const auto show = [made, &playback, which] { made->setChecked(playback.repeat() == which); };
    connect(&playback, &Playback::stateChanged, made, show);
    show();
  };
  entry("Play Once", Playback::Repeat::Once);
  entry("Loop", Playback::Repeat::Loop);
  entry("Ping-Pong", Playback::Repeat::PingPong);
  transport_->setRepeatMenu(repeat);
}

void MainWindow::makeSpeedMenu(QMenu* menu) {
  QMenu* speeds = menu->addMenu(tr("Speed"));
  Playback& playback = session_.playback();
  const auto entry = [&](const QByteArray& name, auto isOn, const std::function<void()>& run) {
    QAction* made = add(speeds, name.constData(), {}, run);
    made->setCheckable(true);
    const auto show = [made, isOn] { made->setChecked(isOn()); };
    connect(&playback, &Playback::stateChanged, made, show);
    show();
  };
  for (const double factor : {0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0}) {
    entry(QStringLiteral("%1×").arg(factor).toUtf8(), [&playback, factor] { return playback.playSpeed() == factor; },
          [&playback, factor] { playback.setPlaySpeed(factor); });
  }
  speeds->addSeparator();
  entry("Every Frame", [&playback] { return playback.showsEveryFrame(); },
        [&playback] { playback.setShowsEveryFrame(!playback.showsEveryFrame()); });
  transport_->setSpeedMenu(speeds);
}

void MainWindow::makeModeMenus(QMenu* menu) {
  const auto toggle = [&](QMenu* in, const char* name, const QList<QKeySequence>& keys, auto isOn, auto set) {
    QAction* made = add(in, name, keys, [isOn, set] { set(!isOn()); });
    made->setCheckable(true);
    const auto show = [made, isOn] { made->setChecked(isOn()); };
    connect(timeline_, &TimelineView::modesChanged, made, show);
    connect(in, &QMenu::aboutToShow, made, show);
    show();
    return made;
  };
  QMenu* targets = menu->addMenu(tr("Snap To"));
  const auto target = [&](const char* name, bool SnapTargets::*field) {
    toggle(targets, name, {}, [this, field] { return timeline_->snapTargets().*field; },
           [this, field](bool on) {
             SnapTargets changed = timeline_->snapTargets();
             changed.*field = on;
             timeline_->setSnapTargets(changed);
           });
  };
  target("Playhead", &SnapTargets::playhead);
  target("Clip Edges", &SnapTargets::clips);
  target("Poses and Targets", &SnapTargets::keys);
  target("Markers", &SnapTargets::markers);
  target("Play Range", &SnapTargets::range);
  target("Beats", &SnapTargets::beats);
  transport_->setSnapMenu(targets);
  toggle(menu, "Ripple Mode", {QKeySequence(tr("Shift+N"))}, [this] { return timeline_->isRippling(); },
         [this](bool on) { timeline_->setRippling(on); });
  QMenu* dragging = menu->addMenu(tr("Dragging Clips"));
  const auto tool = [&](const char* name, int key, DragTool which) {
    toggle(dragging, name, {QKeySequence(key)}, [this, which] { return timeline_->tool() == which; },
           [this, which](bool) { timeline_->setTool(which); });
  };
  tool("Moves Them", Qt::Key_V, DragTool::Move);
  tool("Slips What Plays in Them", Qt::Key_Y, DragTool::Slip);
  tool("Slides Them Between Neighbours", Qt::Key_U, DragTool::Slide);
}

void MainWindow::markHere() {
  if (const auto marker = markerAtPlayhead(session_)) {
    timeline_->editMarkerName(*marker);
  } else {
    addMarkerAtPlayhead(session_);
  }
}

void MainWindow::renameSelected() {
  if (const auto clip = session_.selection().singleClip()) {
    timeline_->editName(*clip);
  } else if (session_.selection().surface() == Selection::Surface::Track) {
    timeline_->editTrackName(session_.selection().track());
  } else if (const auto marker = markerAtPlayhead(session_)) {
    timeline_->editMarkerName(*marker);
  }
}

void MainWindow::makePoseMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("Pose"));
  add(menu, "Pin Pose", {QKeySequence(Qt::Key_S)}, [this] { session_.pinPose(); });
  menu->addSeparator();
  QAction* path = add(menu, "Path Tool", {QKeySequence(Qt::Key_P)}, [this] { view_->setPathTool(!view_->isPathTool()); });
  path->setCheckable(true);
  connect(view_, &ViewPanel::switchesChanged, path, [this, path] { path->setChecked(view_->isPathTool()); });
  add(menu, "Path From Take", {}, [this] { session_.pathFromTake(); });
  makePoseEdits(menu);
}

void MainWindow::makeWindowMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("Window"));
  makeWorkspaces(menu);
  menu->addSeparator();
  QMenu* panels = menu->addMenu(tr("Panels"));
  for (QDockWidget* dock : {libraryDock_, takesDock_, historyDock_, inspectorDock_, timelineDock_}) {
    panels->addAction(dock->toggleViewAction());
  }
  add(menu, "Reset Layout", {}, [this] { resetLayout(); });
  menu->addSeparator();
  add(menu, "Next Panel", {QKeySequence(Qt::Key_F6)}, [this] { panelFocus_->go(+1); });
  add(menu, "Previous Panel", {QKeySequence(tr("Shift+F6"))}, [this] { panelFocus_->go(-1); });
  makeHelpMenu();
}

void MainWindow::refreshActions() {
  if (actions_.empty()) {
    return;
  }
  const bool hasTake = session_.takes().shown() != nullptr;
  const auto& selection = session_.selection();
  const bool hasClips = !selection.clips().empty();
  const bool hasTrack = hasClips || selection.surface() == Selection::Surface::Track;
  const auto enable = [&](std::initializer_list<const char*> names, bool on) {
    for (const char* name : names) {
      if (QAction* found = action(name)) {
        found->setEnabled(on);
      }
    }
  };
  enable({"Path From Take", "Make Poses From Take", "Make Loop", "Next", "Previous", "Keep", "Quality Report", "Delete Take", "Rename Take", "Other Takes on the Timeline",
          "Compare Side by Side", "Compare Overlaid"}, hasTake);
  enable({"Cut", "Copy", "Duplicate", "Select Time of Clips", "Trim Start to Playhead", "Trim End to Playhead"}, hasClips);
  enable({"Delete"}, selection.surface() != Selection::Surface::Nothing);
  enable({"Ripple Delete"}, hasClips);
  enable({"Rename"}, selection.singleClip().has_value() || !hasClips);
  enable({"Mute Track", "Solo Track", "Lock Track"}, hasTrack);
  enable({"Regenerate Range"}, hasTake && selection.time().has_value() && engineProblem_.isEmpty());
  enable({"Clear Time Selection"}, selection.time().has_value());
  enable({"Generate", "Generate All Anew", "New Seed"}, engineProblem_.isEmpty());
  view_->setMayGenerate(engineProblem_.isEmpty());
  enable({"Cancel"}, session_.jobs().isBusy() || isFullView_);
  enable({"Snap Pose to Take"}, hasTake);
}

}  // namespace kinescore
