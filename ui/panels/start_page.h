// What the program begins with, in place of the panels: samples, new, open, recent projects, whether this computer is
// ready, and the few choices that matter on the first day. Everything works with the keys alone.
#pragma once

#include <functional>

#include <QKeySequence>
#include <QList>

#include "engine/core/result.h"
#include "ui/document/samples.h"
#include "ui/document/time_text.h"
#include "ui/widgets/basics.h"

class QGridLayout;
class QScrollArea;
class QSettings;
class QVBoxLayout;

namespace kinescore {

class SampleCard;

class StartPage : public QWidget {
  Q_OBJECT

 public:
  struct Services {
    std::vector<Sample> samples;
    QSettings* settings = nullptr;                // measured speed; may be null
    std::function<Result<int>()> countClips = {};  // of the library; runs beside the interface
    std::function<Result<std::string>()> openView = {};  // the name of the card that draws; the same
  };
  explicit StartPage(const Services& services, QWidget* parent = nullptr);

  void setEngine(const QString& description, const QString& problem);
  void setRecent(const QStringList& files);
  void setChoices(FrameRate rate, TimeDisplay display);
  /// Keys of the menus that count here, too; all others do nothing while the page is shown.
  void allowKeys(const QList<QKeySequence>& keys) { allowedKeys_ += keys; }
  void focusFirst();

 Q_SIGNALS:
  void sampleWanted(const std::filesystem::path& file);
  void newWanted();
  void openWanted();
  void recentWanted(const QString& file);
  void closeWanted();
  void keysWanted();
  void rateChosen(kinescore::FrameRate rate);
  void timeDisplayChosen(kinescore::TimeDisplay display);

 protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  [[nodiscard]] QWidget* makeLeft();
  [[nodiscard]] QWidget* makeRight();
  [[nodiscard]] QWidget* makeChoices();
  void walkCards(SampleCard* from, int key);
  void placeCards();
  void expectDurations();
  void countClips();
  void lookAtView();

  Services services_;
  QList<QKeySequence> allowedKeys_;
  QList<SampleCard*> cards_;
  int columns_ = 0;
  QGridLayout* grid_ = nullptr;
  QScrollArea* right_ = nullptr;
  QVBoxLayout* recent_ = nullptr;
  QPushButton* first_ = nullptr;
  QLabel *engineIcon_ = nullptr, *engine_ = nullptr, *viewIcon_ = nullptr, *view_ = nullptr, *libraryIcon_ = nullptr, *library_ = nullptr;
  ChoiceBox *rate_ = nullptr, *time_ = nullptr;
};

}  // namespace kinescore
