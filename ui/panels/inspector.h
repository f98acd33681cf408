// One selection, one inspector: a clip of any kind (clip_page.h), several, a track, the time selection, a take, or the project.
#pragma once

#include "ui/document/session.h"
#include "ui/panels/clip_page.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/fields.h"

class QPlainTextEdit;
class QStackedWidget;

namespace kinescore {

class ClipLibrary;
class ColorChoice;
class PromptHelp;
class ReferenceClipPage;
class SamplingSettings;
class TextPage;

class Inspector : public QWidget {
  Q_OBJECT

 public:
  /// `help` completes prompts; it may be null.
  Inspector(Session& session, PromptHelp* help, QWidget* parent = nullptr);
  /// In place of the file dialog; for tests.
  void setFileChooser(const FileChooser& chooser);
  /// Off for a model that does not look at references: the choice would do nothing.
  void offerReferences(bool offers);
  /// Which captured clips are there; outlives this.
  void setLibrary(const ClipLibrary* library);
  /// Off for a model that samples in its own way.
  void offerSampling(bool offers);
  /// Off for a model that was not trained to follow one.
  void offerDrafts(bool offers);
  /// Marks the line of the selected take's report that is nearest to this engine frame, and shows it; until something else
  /// is selected. None where no line lies within these frames, or none is of the part of a foot that is named (-1: any).
  void showReportAt(qint64 engineFrame, FrameRange within, bool onlyMissed, int contact);
  /// In a narrow window it is a drawer: folded, only the button that opens it is left.
  void setFoldable(bool foldable);
  void setFolded(bool folded);
  [[nodiscard]] bool isFolded() const { return isFolded_; }

 Q_SIGNALS:
  void foldToggled();
  void regenerate();
  /// The author wants to choose a file to follow as a draft.
  void chooseDraft();
  /// A report line's "Show".
  void goToFrame(qint64 frame);

 private:
  enum Page { ForProject, ForMany, ForTrack, ForTime, ForTake, ForReference };  // then those of clips

  [[nodiscard]] QWidget* makeProjectPage();
  void makeClipPages(PromptHelp* help);
  [[nodiscard]] QWidget* makeManyPage();
  [[nodiscard]] QWidget* makeManyTexts(QWidget* parent);
  [[nodiscard]] QWidget* makeTrackPage();
  [[nodiscard]] QWidget* makeTimePage();
  [[nodiscard]] QWidget* makeTakePage();
  [[nodiscard]] QWidget* makeSeedAndQuality(QWidget* parent);
  [[nodiscard]] QWidget* makeSampling(QWidget* parent);

  void refresh();
  void refreshClip(const Clip& clip);
  void refreshMany();
  void refreshManyTexts();
  void refreshTake();
  void showMarkedLine();
  /// The button of a line that something can be done about, below its words.
  void addFix(QWidget& box, const Take& take, const ReportLine& line);
  void addShownReferences(const std::vector<ShownReference>& references);
  [[nodiscard]] QWidget* makeDraftRow(QWidget* parent);
  void refreshDraft();
  void addDraftLink(const TakePointer& take);
  [[nodiscard]] std::shared_ptr<const Clip> clip() const;
  /// Of one or several selected clips; what the switches show.
  [[nodiscard]] std::shared_ptr<const Clip> firstClip() const;

  Session& session_;
  bool isRefreshing_ = false;
  GestureId typing_ = kNoGesture;  // words typed without a pause are one step

  QLabel* headIcon_;
  QLabel* headName_;
  QLabel* headDetail_;
  QToolButton* mute_;
  QToolButton* lock_;
  QToolButton* fold_;
  QWidget* head_;  // what the header says
  bool isFoldable_ = false, isFolded_ = false;
  QStackedWidget* pages_;

  std::vector<ClipPage*> clipPages_;
  TextPage* text_ = nullptr;
  const ClipLibrary* library_ = nullptr;
  ReferenceClipPage* reference_ = nullptr;
  // Several, track, time selection, take, project.
  QLabel* manyWords_ = nullptr;
  QWidget* manyTimes_ = nullptr;
  QWidget* manyTexts_ = nullptr;  // only where all are prompts
  QPlainTextEdit* manyPrompt_ = nullptr;
  SegmentedChoice* manyPart_ = nullptr;
  FrameField *manyStart_ = nullptr, *manyLength_ = nullptr;
  NumberField* manyStrength_ = nullptr;
  QLineEdit* trackName_ = nullptr;
  SegmentedChoice* trackHeight_ = nullptr;
  ColorChoice* trackColor_ = nullptr;
  FrameField *holdStart_ = nullptr, *holdEnd_ = nullptr, *falloffIn_ = nullptr, *falloffOut_ = nullptr;
  QLabel* lockedWords_ = nullptr;
  QPushButton* regenerateButton_ = nullptr;
  QVBoxLayout* takeLines_ = nullptr;
  QWidget* takeBox_ = nullptr;
  std::optional<ReportLine> markedLine_;
  QWidget* markedBox_ = nullptr;
  QLabel *projectName_ = nullptr, *projectFacts_ = nullptr;
  FrameField* duration_ = nullptr;
  ChoiceBox* rate_ = nullptr;
  std::vector<QLineEdit*> seeds_;
  std::vector<SegmentedChoice*> qualities_;
  std::vector<SamplingSettings*> samplings_;
  SegmentedChoice* references_ = nullptr;
  QWidget* referencesRow_ = nullptr;
  QWidget* draftRow_ = nullptr;
  QLabel* draftName_ = nullptr;
  QPushButton* draftNone_ = nullptr;
  bool offersDrafts_ = true;
};

}  // namespace kinescore
