module steppewire.example/consume

go 1.19
