// The manual: the pages of docs/ that are for the people who use the program, which travel inside it.
#pragma once

#include "ui/widgets/own_keys_dialog.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QTextBrowser;

namespace kinescore {

class ManualWindow : public OwnKeysDialog {
  Q_OBJECT

 public:
  explicit ManualWindow(QWidget* parent);
  [[nodiscard]] QTextBrowser& page() { return *page_; }

 private:
  void showPage(int index);
  /// The next place with the words looked for, on this page and then on the following ones.
  void findNext();

  QListWidget* pages_;
  QTextBrowser* page_;
  QLineEdit* words_;
  QLabel* found_;
};

}  // namespace kinescore
