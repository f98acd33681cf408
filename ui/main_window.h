// The window: puts panels, menus and the session together; decides nothing itself.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <QMainWindow>

#include "engine/generation/motion_service.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/document/clip_library.h"
#include "ui/document/engine_project_store.h"
#include "ui/document/offered_model.h"
#include "ui/document/prompt_help.h"
#include "ui/document/project_watch.h"
#include "ui/document/save_state.h"
#include "ui/document/session.h"
#include "ui/document/time_text.h"

class QAction;
class QDockWidget;
class QMenu;
class QSettings;
class QStackedWidget;

namespace kinescore {

class CommandPalette;
class ErrorBar;
class Inspector;
class LivePreview;
class LibraryPanel;
class SoundOutput;
class SoundPlayer;
class StartPage;
class PanelFocus;
struct PlanProblem;
class StatusBar;
class TakesPanel;
class TimelineView;
class TopBar;
class TransportBar;
class ViewPanel;

/// What the window is given. References outlive it.
struct WindowServices {
  MotionService& service;
  QString engineDescription;              // "CPU · kinescore-base", for the chip
  QString engineProblem;                  // not empty: there is no engine, and why
  std::filesystem::path stateFolder;      // journal, window layout; empty: keep nothing
  bool findsReferences = true;            // the model looks at captured motion found by the prompts
  bool followsDrafts = true;              // it was trained to follow a draft
  ModelOpener openModel = {};             // what the engine can be changed to; empty: nothing
  LibraryServices library = {};           // captured motion to show; empty: none
  CaptionLoader loadCaptions = {};        // what completes prompts, read off the window's thread; empty: nothing does
  std::filesystem::path sampleFolder = {};         // sample projects; empty: none
  std::function<Result<int>()> countClips = {};    // of the library; may take long
  std::function<Status()> checkEngine = {};        // whether the model that ships is whole; the same
  std::function<std::unique_ptr<SoundOutput>()> openSound = {};  // where sound is heard; empty: nowhere
};

/// What the window is arranged for: composing, or looking at what was made.
enum class Workspace { Author, Review };

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(const WindowServices& services, QWidget* parent = nullptr);
  ~MainWindow() override;

  /// Opens a project; a sample is not written to: saving asks where to.
  bool openProject(const std::filesystem::path& path, bool isSample = false);
  /// What the program begins with: this project, or the start page where there is none or it cannot be opened.
  void start(const std::filesystem::path& project);
  /// Takes from now on are of this model (“kinescore”, “gem:FILE”), here and at the next start. One that cannot be
  /// opened is told of, and all stays as it is.
  bool useModel(const QString& model);
  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] TimelineView& timeline() { return *timeline_; }
  [[nodiscard]] TopBar& topBar() { return *topBar_; }
  [[nodiscard]] ErrorBar& errors() { return *errors_; }
  [[nodiscard]] StatusBar& status() { return *status_; }
  [[nodiscard]] ViewPanel& view() { return *view_; }
  [[nodiscard]] LivePreview& live() { return *live_; }
  [[nodiscard]] SoundPlayer& sound() { return *sound_; }
  [[nodiscard]] LibraryPanel& library() { return *libraryPanel_; }
  /// About the project as a whole: open read-only, changed by another program, work that can be brought back.
  [[nodiscard]] ErrorBar& projectBar() { return *projectBar_; }
  [[nodiscard]] SaveState& savedState() { return saveState_; }
  /// The page the program begins with, in place of the panels. It goes when something is opened or edited.
  void showStartPage();
  void leaveStartPage();
  /// The page while it is shown, else nothing.
  [[nodiscard]] StartPage* startPage() const;
  /// Offers what a crash left of work that was not saved, if there is any.
  void offerUnsavedWork();
  /// Where commands are found by words; made when it is first opened.
  [[nodiscard]] CommandPalette* palette() const { return palette_; }
  /// A menu entry by its name in English without dots ("Save As").
  [[nodiscard]] QAction* action(const char* name) const;
  /// Off for tests: closing then never asks.
  void setAsksBeforeClosing(bool asks) { asksBeforeClosing_ = asks; }

 public Q_SLOTS:
  void generate();
  void regenerate();
  bool save();
  bool saveAs();
  bool saveIncremental();
  bool saveCopy();

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makePanels(const WindowServices& services);
  // Menus; main_window_menus.cpp.
  void makeMenus();
  void makeFileMenu();
  void makeEditMenu();
  void makeViewMenu();
  void makeTimelineMenu();
  void makePoseMenu();
  void makeGenerateMenu();
  void makeTakeMenu();
  void makeWindowMenu();
  QAction* add(QMenu* menu, const char* name, const QList<QKeySequence>& keys, std::function<void()> run);
  /// Its key counts only while the timeline has the focus: elsewhere arrows and Enter mean other things.
  QAction* addForTimeline(QMenu* menu, const char* name, const QKeySequence& key, std::function<void()> run);
  void makeSelectMenu(QMenu* menu);
  void makeRepeatMenu(QMenu* menu);
  void makeSpeedMenu(QMenu* menu);
  void refreshActions();
  void refreshRecent();

  // The library; main_window_library.cpp.
  [[nodiscard]] QWidget* makeLibraryPanel(const WindowServices& services);
  void openLibrariesAgain();
  void foldLeft();
  /// The inspector is a drawer in a narrow window.
  void foldRight();
  void openInspector();
  /// Heights of the library and the takes below it.
  void shareLeftColumn();
  /// The view keeps the bigger half, whatever height the timeline had.
  void keepViewHigh();
  /// The sentence about references whose captured motion is not there any more.
  void tellGoneClips();

  // The project; main_window_project.cpp.
  void newProject();
  void chooseAndOpen();
  void openRecent(const QString& file);
  void findRecent(const QString& file);
  [[nodiscard]] QStringList recentFiles() const;
  void fillSamples(QMenu* menu);
  /// A name for the project, asked for with the usual dialog; empty: given up.
  [[nodiscard]] std::filesystem::path askForName(const QString& title, const QString& start);
  [[nodiscard]] QString folderOfProject() const;
  bool tellSaved(const Status& saved);
  Status tryOpen(const std::filesystem::path& path, bool isSample);
  void tellNotOpened(const Error& error);
  void checkEngine(const std::function<Status()>& check);
  /// False when another program changed the file and the user does not want to replace that.
  bool mayReplaceOnDisk();
  // What happens to it from elsewhere; main_window_recovery.cpp.
  void watchProject();
  /// What was chosen on the start page another time.
  void recallChoices();
  void tellReadOnly();
  void tellChangedOnDisk();
  void loadFromDisk();
  void revert();
  void recover();
  void openVersion(const RecoverableVersion& version);
  void collectFiles();
  void collectInto(const QString& folder);
  void openDropped(const QStringList& files);
  void measureSpeed(const Take& take);
  void chooseDraft();
  void chooseGemFile();
  /// The model of the last time.
  void recallModel();
  void offerModels();
  // Files that come and go; main_window_files.cpp.
  void exportTake();
  /// Into the same file with the same settings; asks for them when nothing was exported yet.
  void exportAgain();
  void importFiles();
  // Workspaces, preferences and the manual; main_window_workspaces.cpp.
  void makeWorkspaces(QMenu* menu);
  void showWorkspace(Workspace workspace);
  void resetLayout();
  void showPreferences();
  void showManual();
  void showProjectPage();
  void chooseNewProjectRate(FrameRate rate);
  void chooseTimeDisplay(TimeDisplay display);
  // What goes wrong with a performance; main_window_checks.cpp.
  void watchPlan();
  [[nodiscard]] bool isPlanTold() const;
  /// The first thing that the timeline asks for and that cannot be.
  void tellPlan();
  void showPlan(const PlanProblem& problem);
  void tellStopped(int takeNumber, const QString& sentence);
  // Takes; main_window_takes.cpp.
  void listenToTakes();
  /// So many takes of the whole timeline, each with a seed of its own.
  void generateBatch(int takes);
  void takeOver(const std::string& takeId, const TimeSelection& selection);
  void fillCopyRange(QMenu& menu);
  void chooseMedia(ObjectId track, Ticks at);
  /// The sentence about files that are not where they were, with a button to find the first of them.
  void tellMissingFiles();
  void findMissingFile();
  void fitSelectionOfPanel();
  void showKeys();
  void makeModeMenus(QMenu* menu);
  void makeSoundMenu(QMenu* menu);  // main_window_sound.cpp
  // Commands about commands, panels and poses; main_window_commands.cpp.
  void makePoseEdits(QMenu* menu);
  void makeHelpMenu();
  void watchFocus();
  void findCommand();
  void setFullView(bool on);
  [[nodiscard]] QString diagnostics() const;
  void markHere();
  void renameSelected();
  void showAbout();
  /// False when the user wants to stay.
  bool mayLoseEdits();
  void rememberRecent(const std::filesystem::path& path);
  void forgetRecent(const QString& file);
  void tellFailure(const Status& status, const QString& context = {});

  EngineProjectStore store_;
  Session session_;
  ClipLibrary library_;
  SaveState saveState_{session_};
  ProjectWatch watch_{session_};
  MotionService& service_;
  std::filesystem::path stateFolder_, sampleFolder_;
  std::function<Result<int>()> countClips_;
  std::shared_ptr<std::atomic<bool>> collecting_;  // true: stop
  ModelOpener openModel_;
  QString engineProblem_;
  QString planSentence_;   // told when the last job began
  QString model_;          // the one in use
  QStringList gemFiles_;   // that were chosen, latest first
  std::unique_ptr<QSettings> settings_;
  bool asksBeforeClosing_ = true;

  TopBar* topBar_ = nullptr;
  ViewPanel* view_ = nullptr;
  TakesPanel* takes_ = nullptr;
  LibraryPanel* libraryPanel_ = nullptr;
  bool isLeftUnfolded_ = false;  // although the window is narrow
  Inspector* inspector_ = nullptr;
  bool isInspectorOut_ = false;  // although the window is narrow
  TimelineView* timeline_ = nullptr;
  TransportBar* transport_ = nullptr;
  ErrorBar* errors_ = nullptr;
  ErrorBar* projectBar_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  StartPage* start_ = nullptr;
  QByteArray layoutBehindStart_;
  StatusBar* status_ = nullptr;
  LivePreview* live_ = nullptr;
  SoundPlayer* sound_ = nullptr;
  QDockWidget *libraryDock_ = nullptr, *historyDock_ = nullptr, *takesDock_ = nullptr, *inspectorDock_ = nullptr, *timelineDock_ = nullptr;
  QMenu* recent_ = nullptr;
  QMenu* engineMenu_ = nullptr;
  CommandPalette* palette_ = nullptr;
  std::unique_ptr<PanelFocus> panelFocus_;
  bool isFullView_ = false;
  QByteArray layoutBefore_;  // the full view
  Qt::WindowStates stateBefore_;
  Workspace workspace_ = Workspace::Author;
  QByteArray layoutOfAuthor_;
  std::optional<ExportChoice> lastExport_;
  std::vector<QAction*> actions_;
};

}  // namespace kinescore
