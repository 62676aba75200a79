<?php
// Takes a preprint's title and shows it back.
$title = htmlspecialchars($_POST['title'] ?? '', ENT_QUOTES, 'UTF-8');
?>
<form method="post"><input name="title" value="<?= $title ?>"></form>
