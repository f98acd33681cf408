// One selection, one inspector: prompt, pose, path, track, time selection, take, or the project.
#pragma once

#include "ui/document/session.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/fields.h"

class QPlainTextEdit;
class QStackedWidget;
class QTableWidget;

namespace kinescore {

class ClipLibrary;
class PathMap;
class ReferenceClipPage;
class StrengthEditor;

class Inspector : public QWidget {
  Q_OBJECT

 public:
  explicit Inspector(Session& session, QWidget* parent = nullptr);
  /// Off for a model that does not look at references: the choice would do nothing.
  void offerReferences(bool offers);
  /// Which captured clips are there; outlives this.
  void setLibrary(const ClipLibrary* library);
  /// Off for a model that was not trained to follow one.
  void offerDrafts(bool offers);

 Q_SIGNALS:
  void regenerate();
  /// The author wants to choose a file to follow as a draft.
  void chooseDraft();
  /// A report line's "Show".
  void goToFrame(qint64 frame);

 private:
  enum Page { ProjectPage, TextPage, PosePage, PathPage, ManyPage, TrackPage, TimePage, TakePage, ReferencePage };

  [[nodiscard]] QWidget* makeProjectPage();
  [[nodiscard]] QWidget* makeTextPage();
  [[nodiscard]] QWidget* makePosePage();
  [[nodiscard]] QWidget* makePathPage();
  [[nodiscard]] QWidget* makeManyPage();
  [[nodiscard]] QWidget* makeManyTexts(QWidget* parent);
  [[nodiscard]] QWidget* makeTrackPage();
  [[nodiscard]] QWidget* makeTimePage();
  [[nodiscard]] QWidget* makeTakePage();
  [[nodiscard]] QWidget* makeTimes(QWidget* parent, FrameField*& start, FrameField*& end, FrameField*& length);
  [[nodiscard]] QWidget* makeSeedAndQuality(QWidget* parent);

  void refresh();
  void refreshClip(const Clip& clip);
  void refreshMany();
  void refreshManyTexts();
  void refreshPathTable(const PathCondition& path, const Clip& clip);
  void refreshTake();
  void addShownReferences(const std::vector<ShownReference>& references);
  [[nodiscard]] QWidget* makeDraftRow(QWidget* parent);
  void refreshDraft();
  void addDraftLink(const TakePointer& take);
  void setSpan(TimeRange span);
  [[nodiscard]] std::shared_ptr<const Clip> clip() const;
  /// Of one or several selected clips; what the switches show.
  [[nodiscard]] std::shared_ptr<const Clip> firstClip() const;
  void changeClipNow(const QString& name, const std::function<void(Clip&)>& change);

  Session& session_;
  bool isRefreshing_ = false;
  GestureId typing_ = kNoGesture;  // words typed without a pause are one step
  ObjectId typedClip_;

  QLabel* headIcon_;
  QLabel* headName_;
  QLabel* headDetail_;
  QToolButton* mute_;
  QToolButton* lock_;
  QStackedWidget* pages_;

  // Text.
  QPlainTextEdit* prompt_ = nullptr;
  SegmentedChoice* textPart_ = nullptr;
  FrameField *textStart_ = nullptr, *textEnd_ = nullptr, *textLength_ = nullptr;
  StrengthEditor* strength_ = nullptr;
  QLabel* strengthValue_ = nullptr;
  // Pose.
  FrameField *poseFrame_ = nullptr, *poseHold_ = nullptr;
  NumberField* poseTolerance_ = nullptr;
  // Path.
  PathMap* map_ = nullptr;
  QLabel* pathFacts_ = nullptr;
  FrameField *pathStart_ = nullptr, *pathEnd_ = nullptr, *pathLength_ = nullptr;
  QTableWidget* pathTable_ = nullptr;
  QPushButton* fromTake_ = nullptr;
  ReferenceClipPage* reference_ = nullptr;
  // Several, track, time selection, take, project.
  QLabel* manyWords_ = nullptr;
  QWidget* manyTimes_ = nullptr;
  QWidget* manyTexts_ = nullptr;  // only where all are prompts
  QPlainTextEdit* manyPrompt_ = nullptr;
  SegmentedChoice* manyPart_ = nullptr;
  FrameField *manyStart_ = nullptr, *manyLength_ = nullptr;
  QLineEdit* trackName_ = nullptr;
  SegmentedChoice* trackHeight_ = nullptr;
  FrameField *holdStart_ = nullptr, *holdEnd_ = nullptr, *falloffIn_ = nullptr, *falloffOut_ = nullptr;
  QLabel* lockedWords_ = nullptr;
  QPushButton* regenerateButton_ = nullptr;
  QVBoxLayout* takeLines_ = nullptr;
  QWidget* takeBox_ = nullptr;
  QLabel *projectName_ = nullptr, *projectFacts_ = nullptr;
  FrameField* duration_ = nullptr;
  std::vector<QLineEdit*> seeds_;
  std::vector<SegmentedChoice*> qualities_;
  SegmentedChoice* references_ = nullptr;
  QWidget* referencesRow_ = nullptr;
  QWidget* draftRow_ = nullptr;
  QLabel* draftName_ = nullptr;
  QPushButton* draftNone_ = nullptr;
  bool offersDrafts_ = true;
};

}  // namespace kinescore
