// A take into a file for another program, with live notes on what the file will hold.
#pragma once

#include <QDialog>

#include "engine/io/export_motion.h"
#include "ui/document/session.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace kinescore {

class SegmentedChoice;

/// What was chosen for an export, to do it again. Nothing in it belongs to a take.
struct ExportChoice {
  enum class Span { PlayRange, WholeTake, TimeSelection };
  QString path;
  ExportOptions options;
  Span span = Span::PlayRange;
};

/// The same with what `session` shows now: its take's name, its play range. `options` of TimeSelection keep their time.
[[nodiscard]] ExportOptions optionsAgain(const ExportChoice& choice, Session& session);

class ExportDialog : public QDialog {
  Q_OBJECT

 public:
  ExportDialog(Session& session, QWidget* parent = nullptr);

  void setFile(const QString& folder, const QString& name);
  [[nodiscard]] QString filePath() const;
  [[nodiscard]] ExportOptions options() const;
  [[nodiscard]] ExportChoice choice() const;
  void setFormat(ExportFormat format);
  /// Writes the file; the sentence of a failure stands in the dialog.
  bool exportNow();

 Q_SIGNALS:
  void exported(const QString& path);

 private:
  void choosePreset(int index);
  void refresh();
  void addNote(bool isOk, const QString& sentence, const QString& detail);

  Session& session_;
  TakePointer take_;
  std::vector<class QPushButton*> presets_;
  int preset_ = 0;
  bool isChoosing_ = false;
  QLabel* presetState_;
  SegmentedChoice* format_;
  QComboBox* range_;
  QComboBox* rate_;
  QComboBox* unit_;
  QVBoxLayout* notes_;
  QLineEdit* name_;
  QLineEdit* folder_;
  QLabel* size_;
  QLabel* problem_;
  QPushButton* export_;
  bool mayOverwrite_ = false;
};

}  // namespace kinescore
